import { leavesIn } from "./heat";
import type { BoxId } from "./model";
import type { Tables } from "./tables";

/** A box at the other end of an edge, and the tensor on it. */
export interface Neighbour {
  box: BoxId;
  spec: number;
}

/** What a box reads from outside itself, each box once, in the order of the edges. */
export function producersOf(tables: Tables, box: BoxId): Neighbour[] {
  return outside(tables, box, tables.edgesInto, 0);
}

/** What reads a box from outside itself. */
export function consumersOf(tables: Tables, box: BoxId): Neighbour[] {
  return outside(tables, box, tables.edgesOutOf, 1);
}

function outside(tables: Tables, box: BoxId, edgesAt: Tables["edgesInto"], end: 0 | 1): Neighbour[] {
  const found = new Map<BoxId, Neighbour>();
  if (box === 0) {
    return []; // Nothing is outside the model, and it has the most to look through.
  }
  for (const leaf of tables.isLeaf(box) ? [box] : leavesIn(tables, box)) {
    for (const position of edgesAt(leaf)) {
      const edge = tables.document.edges[position];
      if (edge !== undefined && !found.has(edge[end]) && !tables.isWithin(edge[end], box)) {
        found.set(edge[end], { box: edge[end], spec: edge[2] });
      }
    }
  }
  return [...found.values()];
}
