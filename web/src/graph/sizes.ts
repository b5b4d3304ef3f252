import type { BoxId } from "../document/model";
import type { Tables } from "../document/tables";
import type { Shown, Visible } from "./visible";

/** Sizes of drawn boxes in world units: along the flow, across it, and up. By position in `shown`. */
export interface Sizes {
  length: Float32Array;
  width: Float32Array;
  height: Float32Array;
}

const TILE = 0.2;
const PLATE = 0.34;

/** Height is the logarithm of the parameters, width the logarithm of the bytes that come out, over the whole document. */
export function measure(tables: Tables, visible: Visible): Sizes {
  const count = visible.shown.length;
  const sizes = {
    length: new Float32Array(count),
    width: new Float32Array(count),
    height: new Float32Array(count),
  };
  const parameters = logScale(tables.boxes.slice(1).map((box) => box.parameters));
  const bytes = logScale(tables.boxes.map((box) => box.bytes));
  visible.shown.forEach((shown, position) => {
    const box = tables.boxes[shown.box]!;
    sizes.length[position] = lengthOf(tables, shown);
    sizes.width[position] = box.bytes > 0 ? 0.75 + 1.55 * bytes(box.bytes) : 1;
    sizes.height[position] = heightOf(tables, shown, parameters(box.parameters));
  });
  return sizes;
}

function lengthOf(tables: Tables, shown: Shown): number {
  if (isEnd(tables, shown.box) || shown.role !== "closed") {
    return 0.42;
  }
  if (!tables.isLeaf(shown.box)) {
    return 1.35;
  }
  return tables.boxes[shown.box]!.parameters > 0 ? 0.72 : 0.5;
}

function heightOf(tables: Tables, shown: Shown, share: number): number {
  if (shown.role !== "closed") {
    return PLATE;
  }
  if (isEnd(tables, shown.box)) {
    return PLATE;
  }
  const { parameters } = tables.boxes[shown.box]!;
  if (parameters === 0) {
    return tables.isLeaf(shown.box) ? TILE : PLATE;
  }
  return 0.4 + 1.35 * share;
}

function isEnd(tables: Tables, box: BoxId): boolean {
  const { kind } = tables.boxes[box]!;
  return kind === "input" || kind === "output";
}

/** Where a count lies between the smallest and the largest, by logarithm, from 0 to 1. */
export function logScale(counts: readonly number[]): (count: number) => number {
  let low = Number.POSITIVE_INFINITY;
  let high = 0;
  for (const count of counts) {
    if (count > 0) {
      low = Math.min(low, count);
      high = Math.max(high, count);
    }
  }
  if (high <= low) {
    return (count) => (count > 0 ? 0.5 : 0);
  }
  const span = Math.log(high / low);
  return (count) => (count <= 0 ? 0 : Math.min(1, Math.max(0, Math.log(count / low) / span)));
}
