import type { BoxId } from "../document/model";
import type { Tables } from "../document/tables";

/** What the reader has opened: which boxes are drawn follows from it and from the document alone. */
export interface Choice {
  scope: BoxId;
  expanded: ReadonlySet<BoxId>;
  unfolded: ReadonlySet<number>;
  merged: boolean;
}

/** A slab is a container opened in place, a port an outside box that the scope reads from or feeds. */
export type Role = "closed" | "slab" | "source" | "sink";

export interface Shown {
  /** The box drawn: the first of a fold, the first of merged calls, or itself. */
  box: BoxId;
  role: Role;
  /** Position of the slab it stands on, -1 for the ground. */
  parent: number;
  depth: number;
  /** How many alike siblings it stands for; 1 where none are folded. */
  folded: number;
  /** How many calls of its module it stands for; 1 where none are merged. */
  calls: number;
}

export interface Visible {
  scope: BoxId;
  /** Slabs come before what stands on them. */
  shown: readonly Shown[];
  /** For every box of the document, the position in `shown` of what is drawn in its place; -1 for outside. */
  standIn: Int32Array;
  /** Positions in `shown` of the outside boxes, by box. */
  sources: ReadonlyMap<BoxId, number>;
  sinks: ReadonlyMap<BoxId, number>;
}

/** The boxes drawn for a choice. Linear in the size of the document. */
export function see(tables: Tables, choice: Choice): Visible {
  const inside = markInside(tables, choice.scope);
  const first = findRepresentatives(tables, choice, inside);
  const shown: Shown[] = [];
  const at = new Int32Array(tables.boxes.length).fill(-1);
  const calls = countMerged(tables, choice, inside, first);
  walk(tables, choice, first, (box, parent) => {
    const open = choice.expanded.has(box) && !tables.isLeaf(box);
    at[box] = shown.length;
    shown.push({
      box,
      role: open ? "slab" : "closed",
      parent,
      depth: parent < 0 ? 0 : shown[parent]!.depth + 1,
      folded: countFolded(tables, choice, inside, box),
      calls: calls[box] || 1,
    });
    return open ? at[box]! : -1;
  });
  const standIn = liftAll(tables, choice.scope, first, at);
  return { scope: choice.scope, shown, standIn, ...addPorts(tables, choice.scope, standIn, shown) };
}

function markInside(tables: Tables, scope: BoxId): Uint8Array {
  const inside = new Uint8Array(tables.boxes.length);
  tables.boxes.forEach(({ parent }, box) => {
    inside[box] = parent === scope || (parent > scope && inside[parent] === 1) ? 1 : 0;
  });
  return inside;
}

/** For every box the one drawn for it, when folds and merged calls are taken as one. */
function findRepresentatives(tables: Tables, choice: Choice, inside: Uint8Array): Int32Array {
  const first = Int32Array.from(tables.boxes.keys());
  const firstCall = new Map<number, BoxId>();
  const represent = (box: BoxId): BoxId => {
    const fold = activeFold(tables, choice, box);
    if (fold !== null) {
      return first[fold[0]!]!;
    }
    const { kind, module } = tables.boxes[box]!;
    if (!choice.merged || module < 0 || (kind !== "module" && kind !== "opaque")) {
      return box;
    }
    const call = firstCall.get(module);
    if (call === undefined) {
      firstCall.set(module, box);
    }
    return call ?? box;
  };
  for (let box = choice.scope; box < tables.boxes.length; box += 1) {
    if (box !== choice.scope && inside[box] === 0) {
      continue;
    }
    const twins = first[box] === box ? null : tables.children(first[box]!);
    tables.children(box).forEach((child, order) => {
      const twin = twins?.[Math.min(order, twins.length - 1)];
      first[child] = twins === null ? represent(child) : twin === undefined ? child : first[twin]!;
    });
  }
  return first;
}

/** The members of the fold that a box is hidden in or stands for, null where it is drawn by itself. */
function activeFold(tables: Tables, choice: Choice, box: BoxId): readonly BoxId[] | null {
  const fold = tables.foldOf(box);
  return fold < 0 || choice.unfolded.has(fold) ? null : tables.document.folds[fold]!.members;
}

function countFolded(tables: Tables, choice: Choice, inside: Uint8Array, box: BoxId): number {
  const members = inside[box] === 1 ? activeFold(tables, choice, box) : null;
  return members?.length ?? 1;
}

function countMerged(tables: Tables, choice: Choice, inside: Uint8Array, first: Int32Array): Int32Array {
  const calls = new Int32Array(choice.merged ? tables.boxes.length : 0);
  for (let box = 0; box < calls.length; box += 1) {
    const stands = first[box]!;
    if (inside[box] === 1 && tables.boxes[box]!.module === tables.boxes[stands]!.module) {
      calls[stands]! += 1;
    }
  }
  return calls;
}

/** Visits what is drawn, slabs before their contents, in the order of execution; `enter` tells the slab's position or -1. */
function walk(
  tables: Tables,
  { scope }: Choice,
  first: Int32Array,
  enter: (box: BoxId, parent: number) => number,
): void {
  const waiting: [BoxId, number][] = [[scope, -1]];
  while (waiting.length > 0) {
    const [box, parent] = waiting.pop()!;
    const slab = box === scope ? -1 : enter(box, parent);
    if (slab < 0 && box !== scope) {
      continue;
    }
    const children = tables.children(box);
    for (let order = children.length - 1; order >= 0; order -= 1) {
      const child = children[order]!;
      if (first[child] === child) {
        waiting.push([child, slab]);
      }
    }
  }
}

function liftAll(tables: Tables, scope: BoxId, first: Int32Array, at: Int32Array): Int32Array {
  const standIn = new Int32Array(tables.boxes.length).fill(-1);
  tables.boxes.forEach(({ parent }, box) => {
    const own = at[first[box]!]!;
    standIn[box] = own >= 0 || parent < 0 || box === scope ? own : standIn[parent]!;
  });
  return standIn;
}

/** The outside of an edge, as high as it goes without standing around the scope. */
export function outsideOf(tables: Tables, scope: BoxId, leaf: BoxId): BoxId {
  let at = leaf;
  for (
    let up = tables.boxes[at]!.parent;
    up >= 0 && !tables.isWithin(scope, up);
    up = tables.boxes[at]!.parent
  ) {
    at = up;
  }
  return at;
}

function addPorts(
  tables: Tables,
  scope: BoxId,
  standIn: Int32Array,
  shown: Shown[],
): { sources: Map<BoxId, number>; sinks: Map<BoxId, number> } {
  const sources = new Map<BoxId, number>();
  const sinks = new Map<BoxId, number>();
  if (scope === 0) {
    return { sources, sinks };
  }
  const add = (ports: Map<BoxId, number>, role: Role, leaf: BoxId): void => {
    const box = outsideOf(tables, scope, leaf);
    if (!ports.has(box)) {
      ports.set(box, shown.length);
      shown.push({ box, role, parent: -1, depth: 0, folded: 1, calls: 1 });
    }
  };
  for (const [source, target] of tables.document.edges) {
    if (standIn[source]! < 0 && standIn[target]! >= 0) {
      add(sources, "source", source);
    } else if (standIn[source]! >= 0 && standIn[target]! < 0) {
      add(sinks, "sink", target);
    }
  }
  return { sources, sinks };
}
