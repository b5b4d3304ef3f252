import { plural } from "../../document/figures";
import type { BoxId } from "../../document/model";
import { useView } from "../../state/store";
import { Icon } from "../Icon";

/** What can be done with a box: look at it, open it, show those that it stands for. */
export function Actions({ box }: { box: BoxId }) {
  const tables = useView((view) => view.tables);
  const isExpanded = useView((view) => view.expanded.has(box));
  const isScope = useView((view) => view.scope === box);
  const unfolded = useView((view) => view.unfolded);
  const { drill, fly, toggle, unfold, fold } = useView.getState();
  const holds = !tables.isLeaf(box);
  const position = tables.foldOf(box);
  const members = tables.document.folds[position]?.members.length ?? 0;
  return (
    <div className="inspector-actions">
      {holds && !isScope && (
        <button type="button" onClick={() => drill(box)}>
          <Icon name="enter" />
          Open
        </button>
      )}
      {holds && !isScope && (
        <button type="button" aria-pressed={isExpanded} onClick={() => toggle(box)}>
          <Icon name="expand" />
          {isExpanded ? "Collapse" : "Expand"}
        </button>
      )}
      {box !== 0 && !isScope && (
        <button type="button" onClick={() => fly(box)}>
          <Icon name="eye" />
          Show
        </button>
      )}
      {position >= 0 && (
        <button type="button" onClick={() => (unfolded.has(position) ? fold(position) : unfold(position))}>
          <Icon name="fold" />
          {unfolded.has(position) ? `Fold ${plural(members, "block")}` : `Unfold ×${members}`}
        </button>
      )}
    </div>
  );
}
