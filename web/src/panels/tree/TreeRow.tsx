import { brief } from "../../document/figures";
import type { BoxId } from "../../document/model";
import { callOf, detailsOf, kindOf, labelOf, pathOf, shorten } from "../../document/naming";
import { useView } from "../../state/store";
import { FindingCounts } from "../findings/FindingCounts";
import { Icon } from "../Icon";
import { Swatch } from "../Swatch";
import type { BoxRow, Row, UncalledRow } from "./listing";

interface Props<Kind extends Row> {
  row: Kind;
  index: number;
  isActive: boolean;
  setOpen(box: BoxId, isOpen: boolean): void;
}

const INDENT = 14;

export function TreeRow(props: Props<Row>) {
  const { row } = props;
  return row.kind === "box" ? <CalledRow {...props} row={row} /> : <MissedRow {...props} row={row} />;
}

function CalledRow({ row, index, isActive, setOpen }: Props<BoxRow>) {
  const { box, isOpen } = row;
  const tables = useView((view) => view.tables);
  const isSelected = useView((view) => view.selected === box);
  const isScope = useView((view) => view.scope === box);
  const isHovered = useView((view) => view.hovered === box);
  const isExpanded = useView((view) => view.expanded.has(box));
  const { hover, fly, drill, unfold } = useView.getState();
  const label = labelOf(tables, box);
  const note = [kindOf(tables, box), detailsOf(tables, box), callOf(tables, box)]
    .filter((part) => part !== "" && part !== label)
    .join(" ");
  const parameters = tables.boxes[box]?.parameters ?? 0;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree around the rows answers the keys of all of them
    <div
      role="treeitem"
      className="tree-row"
      tabIndex={isActive ? 0 : -1}
      data-row={index}
      data-box={box}
      data-hovered={isHovered}
      data-scope={isScope}
      data-expanded={isExpanded}
      aria-level={row.level}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      aria-selected={isSelected}
      aria-expanded={isOpen ?? undefined}
      style={{ paddingInlineStart: 6 + (row.level - 1) * INDENT }}
      title={`${pathOf(tables, box)}  ${note}`}
      onClick={() => (box === 0 ? drill(0) : fly(box))}
      onDoubleClick={() => drill(box)}
      onMouseEnter={() => hover(box)}
      onMouseLeave={() => hover(null)}
    >
      <Chevron isOpen={isOpen} toggle={() => setOpen(box, !isOpen)} />
      <Swatch box={box} />
      <span className="tree-label">{label}</span>
      <span className="tree-note">{note}</span>
      {row.times > 1 && (
        // biome-ignore lint/a11y/useKeyWithClickEvents: F does it by key
        // biome-ignore lint/a11y/noStaticElementInteractions: a tree item holds no other control
        <span
          className="tree-times"
          title="Show each of them"
          onClick={(event) => {
            event.stopPropagation();
            unfold(tables.foldOf(box));
          }}
        >
          ×{row.times}
        </span>
      )}
      <FindingCounts box={box} />
      <span className="tree-figure">{parameters > 0 ? brief(parameters) : ""}</span>
    </div>
  );
}

function Chevron({ isOpen, toggle }: { isOpen: boolean | null; toggle: () => void }) {
  if (isOpen === null) {
    return <span className="tree-chevron" />;
  }
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the arrow keys do it
    // biome-ignore lint/a11y/noStaticElementInteractions: a tree item holds no other control
    <span
      className="tree-chevron"
      data-open={isOpen}
      onClick={(event) => {
        event.stopPropagation();
        toggle();
      }}
    >
      <Icon name="right" />
    </span>
  );
}

function MissedRow({ row, index, isActive }: Props<UncalledRow>) {
  const module = useView((view) => view.tables.document.modules[row.module]);
  const path = module?.path ?? "";
  const note = [shorten(module?.kind ?? ""), module?.details ?? ""].filter((part) => part !== "").join(" ");
  return (
    <div
      role="treeitem"
      className="tree-row tree-missed"
      tabIndex={isActive ? 0 : -1}
      data-row={index}
      aria-level={row.level}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      aria-selected={false}
      style={{ paddingInlineStart: 6 + (row.level - 1) * INDENT }}
      title={`${path}  ${note}: never called`}
    >
      <span className="tree-chevron" />
      <span className="swatch" data-empty />
      <span className="tree-label">{path.slice(path.lastIndexOf(".") + 1)}</span>
      <span className="tree-note">{note}</span>
      <span className="tree-figure">never called</span>
    </div>
  );
}
