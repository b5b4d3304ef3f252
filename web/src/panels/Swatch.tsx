import type { BoxId } from "../document/model";
import { useView } from "../state/store";
import { coloursOf } from "../themes/palettes";
import "./Swatch.css";

/** The colour that the box has in the scene where boxes are coloured by family. */
export function Swatch({ box }: { box: BoxId }) {
  const tables = useView((view) => view.tables);
  const palette = useView((view) => view.palette);
  const theme = useView((view) => view.theme);
  const { by, kinds, families } = coloursOf(palette, theme);
  const { kind, family } = tables.boxes[box] ?? { kind: "op", family: "other" };
  return (
    <span
      className="swatch"
      data-kind={kind}
      style={{ background: by === "kind" ? kinds[kind] : families[family] }}
    />
  );
}
