import type { BoxId } from "./model";
import type { Tables } from "./tables";

/** What a heat map can show; each is a count of the box with all that lies in it. */
export type Measure = "parameters" | "flops" | "bytes";

/** Where a value stands between the least and the most of a model, on a logarithmic scale. */
export interface Scale {
  least: number;
  most: number;
  /** 0 for the least, 1 for the most; null for nothing at all, which is not on the scale. */
  place(value: number): number | null;
}

/**
 * The scale over all boxes but the model's own, which would outweigh them all.
 *
 * It spans four powers of ten at the most: what is smaller than that beside the largest reads as least.
 */
export function scaleOf(tables: Tables, measure: Measure): Scale {
  const known = scales.get(tables) ?? new Map<Measure, Scale>();
  scales.set(tables, known);
  const scale = known.get(measure) ?? workOut(tables, measure);
  known.set(measure, scale);
  return scale;
}

const scales = new WeakMap<Tables, Map<Measure, Scale>>();

function workOut(tables: Tables, measure: Measure): Scale {
  let most = 0;
  let least = Number.POSITIVE_INFINITY;
  tables.boxes.forEach((box, id) => {
    const value = box[measure];
    if (id > 0 && value > 0) {
      most = Math.max(most, value);
      least = Math.min(least, value);
    }
  });
  const floor = Math.min(Math.max(least, most / 10_000), most);
  const span = Math.log(most / floor);
  const place = (value: number): number | null => {
    if (value <= 0) {
      return null;
    }
    return span > 0 ? Math.min(Math.max(Math.log(value / floor) / span, 0), 1) : 1;
  };
  return { least: floor, most, place };
}

/** All leaves in a box, in the order of the document. */
export function leavesIn(tables: Tables, scope: BoxId): BoxId[] {
  const found: BoxId[] = [];
  const open: BoxId[] = [scope];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const children = tables.children(at);
    if (children.length === 0 && at !== scope) {
      found.push(at);
    }
    for (let index = children.length - 1; index >= 0; index -= 1) {
      open.push(children[index] as BoxId);
    }
  }
  return found;
}
