import type { BoxId } from "../../document/model";
import { pathOf } from "../../document/naming";
import { useView } from "../../state/store";

/** The name of a box, which leads to it. */
export function BoxLink({ box, text }: { box: BoxId; text?: string }) {
  const tables = useView((view) => view.tables);
  return (
    <button type="button" className="link" onClick={() => useView.getState().fly(box)}>
      {text ?? pathOf(tables, box)}
    </button>
  );
}
