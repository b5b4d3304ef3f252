import { useMemo, useState } from "react";
import { brief, count, share } from "../../document/figures";
import { leavesIn, type Measure, scaleOf } from "../../document/heat";
import type { BoxId } from "../../document/model";
import { pathOf } from "../../document/naming";
import type { Tables } from "../../document/tables";
import { useView } from "../../state/store";
import { coloursOf } from "../../themes/palettes";
import { Rows } from "../Rows";
import { Swatch } from "../Swatch";
import "./Figures.css";

type Column = "name" | Measure;

const COLUMNS: readonly (readonly [Column, string])[] = [
  ["name", "Name"],
  ["parameters", "Params"],
  ["flops", "FLOPs"],
  ["bytes", "Memory"],
];

/** What each box costs, as a table that sorts by any column. */
export function Figures() {
  const tables = useView((view) => view.tables);
  const scope = useView((view) => view.scope);
  const overlay = useView((view) => view.overlay);
  const [column, setColumn] = useState<Column>(isMeasure(overlay) ? overlay : "parameters");
  const [isRising, setRising] = useState(false);
  const [all, setAll] = useState(true);
  const boxes = useMemo(
    () => sortBoxes(tables, listBoxes(tables, scope, all), column, isRising),
    [tables, scope, all, column, isRising],
  );

  const most = useMemo(
    () => boxes.reduce((most, box) => Math.max(most, valueIn(tables, box, column)), 0),
    [tables, boxes, column],
  );

  const sortBy = (name: Column): void => {
    setRising(name === column ? !isRising : name === "name");
    setColumn(name);
    if (name !== "name") {
      useView.getState().setOverlay(name);
    }
  };
  return (
    <div className="figures">
      <div className="figures-head">
        <label>
          <input type="radio" name="depth" checked={all} onChange={() => setAll(true)} /> All layers
        </label>
        <label>
          <input type="radio" name="depth" checked={!all} onChange={() => setAll(false)} /> This level
        </label>
        <span>{boxes.length.toLocaleString("en-US")}</span>
      </div>
      <div className="figures-table" role="table" aria-label="Figures" aria-rowcount={boxes.length + 1}>
        <div role="row" className="figures-row figures-top" aria-rowindex={1}>
          {COLUMNS.map(([name, text]) => (
            <div
              key={name}
              role="columnheader"
              aria-sort={name === column ? (isRising ? "ascending" : "descending") : "none"}
            >
              <button type="button" onClick={() => sortBy(name)}>
                {text}
                <span aria-hidden="true">{name === column ? (isRising ? " ↑" : " ↓") : ""}</span>
              </button>
            </div>
          ))}
        </div>
        <Rows role="rowgroup" count={boxes.length} height={30}>
          {(row) => <FigureRow box={boxes[row] as BoxId} index={row} column={column} most={most} />}
        </Rows>
      </div>
    </div>
  );
}

interface RowProps {
  box: BoxId;
  index: number;
  column: Column;
  /** The largest value in the column that the table is sorted by. */
  most: number;
}

function FigureRow({ box, index, column, most }: RowProps) {
  const tables = useView((view) => view.tables);
  const isSelected = useView((view) => view.selected === box);
  const { hover, fly } = useView.getState();
  const { parameters, flops, bytes } = tables.boxes[box]!;
  const values: Record<Measure, number> = { parameters, flops, bytes };
  return (
    <div
      role="row"
      className="figures-row"
      aria-rowindex={index + 2}
      data-selected={isSelected}
      onMouseEnter={() => hover(box)}
      onMouseLeave={() => hover(null)}
    >
      <div role="rowheader">
        <Swatch box={box} />
        <button type="button" className="link" title={pathOf(tables, box)} onClick={() => fly(box)}>
          <bdi>{pathOf(tables, box)}</bdi>
        </button>
      </div>
      {(["parameters", "flops", "bytes"] as const).map((measure) => (
        <Cell key={measure} value={values[measure]} measure={measure} most={measure === column ? most : 0} />
      ))}
    </div>
  );
}

function Cell({ value, measure, most }: { value: number; measure: Measure; most: number }) {
  const tables = useView((view) => view.tables);
  const palette = useView((view) => view.palette);
  const theme = useView((view) => view.theme);
  const { heat } = coloursOf(palette, theme);
  const place = most > 0 ? scaleOf(tables, measure).place(value) : null;
  const colour = place === null ? undefined : heat[Math.round(place * (heat.length - 1))];
  return (
    <div role="cell" title={[count(value), share(value, wholeOf(tables, measure))].join("  ")}>
      {value === 0 ? <span className="nothing">–</span> : brief(value)}
      {colour !== undefined && (
        <span className="figure-bar" style={{ width: `${(100 * value) / most}%`, background: colour }} />
      )}
    </div>
  );
}

function isMeasure(overlay: string): overlay is Measure {
  return overlay === "parameters" || overlay === "flops" || overlay === "bytes";
}

function wholeOf(tables: Tables, measure: Measure): number {
  const { parameters, flops, activation_bytes } = tables.document.totals;
  return { parameters, flops, bytes: activation_bytes }[measure];
}

function listBoxes(tables: Tables, scope: BoxId, all: boolean): BoxId[] {
  const found = all ? leavesIn(tables, scope) : tables.children(scope);
  return found.filter((box) => tables.boxes[box]?.kind !== "input" && tables.boxes[box]?.kind !== "output");
}

function sortBoxes(tables: Tables, boxes: readonly BoxId[], column: Column, isRising: boolean): BoxId[] {
  const sign = isRising ? 1 : -1;
  if (column === "name") {
    const names = new Map(boxes.map((box) => [box, pathOf(tables, box)]));
    const collator = new Intl.Collator("en", { numeric: true });
    return [...boxes].sort(
      (one, other) => sign * collator.compare(names.get(one) ?? "", names.get(other) ?? ""),
    );
  }
  const value = (box: BoxId): number => valueIn(tables, box, column);
  return [...boxes].sort((one, other) => sign * (value(one) - value(other)) || one - other);
}

function valueIn(tables: Tables, box: BoxId, column: Column): number {
  return column === "name" ? 0 : (tables.boxes[box]?.[column] ?? 0);
}
