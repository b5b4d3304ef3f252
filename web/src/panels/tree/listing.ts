import type { BoxId } from "../../document/model";
import type { Tables } from "../../document/tables";

/** A line of the module tree: a box, or a module that no call ever reached. */
export type Row = BoxRow | UncalledRow;

export interface BoxRow {
  kind: "box";
  box: BoxId;
  level: number;
  /** From 1, among so many siblings. */
  position: number;
  siblings: number;
  isOpen: boolean | null;
  /** How many like it the row stands for. */
  times: number;
}

export interface UncalledRow {
  kind: "uncalled";
  module: number;
  level: number;
  position: number;
  siblings: number;
}

/** The lines that are to be seen, with the contents of the open boxes; folded ones stand in their first. */
export function listRows(tables: Tables, open: ReadonlySet<BoxId>, unfolded: ReadonlySet<number>): Row[] {
  const uncalled = uncalledModules(tables);
  const rows: Row[] = [];
  // A stack of its own: a model may be nested deeper than functions can be.
  const ahead: Row[] = tables.boxes.length > 0 ? [rowOf(tables, 0, 1, 1, 1, open, unfolded)] : [];
  for (let row = ahead.pop(); row !== undefined; row = ahead.pop()) {
    rows.push(row);
    if (row.kind === "box" && row.isOpen) {
      ahead.push(...listInside(tables, row, uncalled, open, unfolded).reverse());
    }
  }
  return rows;
}

function listInside(
  tables: Tables,
  { box, level }: BoxRow,
  uncalled: ReadonlyMap<number, readonly number[]>,
  open: ReadonlySet<BoxId>,
  unfolded: ReadonlySet<number>,
): Row[] {
  const shown = tables.children(box).filter((child) => !isFolded(tables, child, unfolded));
  const module = tables.boxes[box]?.module ?? -1;
  const missed = tables.calls(module)[0] === box ? (uncalled.get(module) ?? []) : [];
  const siblings = shown.length + missed.length;
  return [
    ...shown.map((child, index) => rowOf(tables, child, level + 1, index + 1, siblings, open, unfolded)),
    ...missed.map(
      (child, index): Row => ({
        kind: "uncalled",
        module: child,
        level: level + 1,
        position: shown.length + index + 1,
        siblings,
      }),
    ),
  ];
}

function rowOf(
  tables: Tables,
  box: BoxId,
  level: number,
  position: number,
  siblings: number,
  open: ReadonlySet<BoxId>,
  unfolded: ReadonlySet<number>,
): BoxRow {
  const fold = tables.foldOf(box);
  const times = fold < 0 || unfolded.has(fold) ? 1 : (tables.document.folds[fold]?.members.length ?? 1);
  const isOpen = tables.isLeaf(box) ? null : open.has(box);
  return { kind: "box", box, level, position, siblings, isOpen, times };
}

function isFolded(tables: Tables, box: BoxId, unfolded: ReadonlySet<number>): boolean {
  const fold = tables.foldOf(box);
  return fold >= 0 && !unfolded.has(fold) && tables.document.folds[fold]?.members[0] !== box;
}

/**
 * Modules that the run never reached, by the closest module around that was called. What lies below one of
 * them is left out, and a list of modules is not missed as long as something in it was called.
 */
function uncalledModules(tables: Tables): Map<number, number[]> {
  const { modules } = tables.document;
  const reached = reachedModules(tables);
  const found = new Map<number, number[]>();
  modules.forEach((module, id) => {
    if (reached.has(id) || !reached.has(module.parent)) {
      return;
    }
    let around = module.parent;
    while (around >= 0 && tables.calls(around).length === 0) {
      around = modules[around]?.parent ?? -1;
    }
    found.set(around, [...(found.get(around) ?? []), id]);
  });
  return found;
}

/** Modules that were called, and all that hold one. */
function reachedModules(tables: Tables): Set<number> {
  const { modules } = tables.document;
  const reached = new Set<number>();
  modules.forEach((module, id) => {
    const isCalled = module.calls > 0 || tables.calls(id).length > 0;
    for (let at = isCalled ? id : -1; at >= 0 && !reached.has(at); at = modules[at]?.parent ?? -1) {
      reached.add(at);
    }
  });
  return reached;
}
