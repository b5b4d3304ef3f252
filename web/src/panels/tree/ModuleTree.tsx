import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import type { BoxId } from "../../document/model";
import type { Tables } from "../../document/tables";
import { useView } from "../../state/store";
import { Rows } from "../Rows";
import { listRows, type Row } from "./listing";
import { TreeRow } from "./TreeRow";
import "./ModuleTree.css";

export const ROW_HEIGHT = 28;

/** The model as a tree of its calls: what the scene shows, for those who read or use the keyboard. */
export function ModuleTree() {
  const tables = useView((view) => view.tables);
  const unfolded = useView((view) => view.unfolded);
  const selected = useView((view) => view.selected);
  const scope = useView((view) => view.scope);
  const [open, setOpen] = useOpenBoxes(tables, selected ?? scope);
  const rows = useMemo(() => listRows(tables, open, unfolded), [tables, open, unfolded]);
  const [active, setActive] = useState(0);
  const hasFocus = useRef(false);
  const tree = useRef<HTMLDivElement>(null);
  const standsOn = useRef<BoxId | null>(null);

  useEffect(() => {
    standsOn.current = selected ?? scope;
  }, [selected, scope]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: what is selected is stood on, by the effect above
  useEffect(() => {
    const row = rows.findIndex((candidate) => candidate.kind === "box" && candidate.box === standsOn.current);
    if (row >= 0) {
      setActive(row);
    }
  }, [selected, scope, rows]);

  useEffect(() => {
    if (hasFocus.current) {
      tree.current?.querySelector<HTMLElement>(`[data-row="${active}"]`)?.focus({ preventScroll: true });
    }
  }, [active]);

  const move = (row: number): void => {
    const next = Math.min(Math.max(row, 0), rows.length - 1);
    setActive(next);
    const target = rows[next];
    standsOn.current = target?.kind === "box" ? target.box : null;
    useView.getState().hover(standsOn.current);
  };
  const setRowOpen = (box: BoxId, isOpen: boolean): void => {
    const boxes = new Set(open);
    isOpen ? boxes.add(box) : boxes.delete(box);
    setOpen(boxes);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const act = actionOf(event.key, rows, active, move, setRowOpen);
    if (act !== null) {
      event.preventDefault();
      act();
    }
  };

  return (
    <div ref={tree} className="tree">
      <Rows
        role="tree"
        aria-label="Modules"
        count={rows.length}
        height={ROW_HEIGHT}
        keep={active}
        onKeyDown={onKeyDown}
        onFocus={() => {
          hasFocus.current = true;
        }}
        onBlur={(event) => {
          if (!event.currentTarget.contains(event.relatedTarget)) {
            hasFocus.current = false;
            useView.getState().hover(null);
          }
        }}
      >
        {(index) => (
          <TreeRow row={rows[index] as Row} index={index} isActive={index === active} setOpen={setRowOpen} />
        )}
      </Rows>
    </div>
  );
}

/** The open boxes; those around the box in question are opened whenever it changes. */
function useOpenBoxes(tables: Tables, box: BoxId) {
  const [open, setOpen] = useState<ReadonlySet<BoxId>>(() => new Set([0]));
  useEffect(() => {
    setOpen((before) => {
      const around = [0, ...tables.ancestors(box)];
      return around.every((at) => before.has(at)) ? before : new Set([...before, ...around]);
    });
  }, [tables, box]);
  return [open, setOpen] as const;
}

/** What a key does to the tree; null where it does nothing here. */
function actionOf(
  key: string,
  rows: readonly Row[],
  active: number,
  move: (row: number) => void,
  setOpen: (box: BoxId, isOpen: boolean) => void,
): (() => void) | null {
  const row = rows[active];
  const { drill, fly, toggle, tables } = useView.getState();
  const moves: Record<string, number> = {
    ArrowDown: active + 1,
    ArrowUp: active - 1,
    Home: 0,
    End: rows.length - 1,
    PageDown: active + 15,
    PageUp: active - 15,
  };
  const to = moves[key];
  if (to !== undefined) {
    return () => move(to);
  }
  if (row?.kind !== "box") {
    return key === "ArrowLeft" ? () => move(parentRow(rows, active)) : null;
  }
  switch (key) {
    case "ArrowRight":
      return row.isOpen === false ? () => setOpen(row.box, true) : () => row.isOpen && move(active + 1);
    case "ArrowLeft":
      return row.isOpen ? () => setOpen(row.box, false) : () => move(parentRow(rows, active));
    case "Enter":
      return () => (tables.isLeaf(row.box) ? fly(row.box) : drill(row.box));
    case " ":
      return () => {
        toggle(row.box);
        setOpen(row.box, true);
      };
    default:
      return null;
  }
}

function parentRow(rows: readonly Row[], from: number): number {
  const level = rows[from]?.level ?? 1;
  return Math.max(
    rows.findLastIndex((row, index) => index < from && row.level < level),
    0,
  );
}
