import type { Tables } from "../document/tables";
import { arrange, type Gaps, type Item, type Level } from "./level";
import type { Flow } from "./lifting";
import { type Curve, route } from "./routing";
import type { Sizes } from "./sizes";
import type { Visible } from "./visible";

/** The shape of the room that the layout should fill: how much longer along the flow than across it. */
export interface Frame {
  aspect: number;
  /** The flow runs towards the reader instead of to the right. */
  upright: boolean;
}

/** Where every drawn box stands. `u` runs along the flow, `v` across it, towards the reader; `y` is up. */
export interface Layout {
  u: Float32Array;
  v: Float32Array;
  /** The bottom of the box. */
  y: Float32Array;
  length: Float32Array;
  width: Float32Array;
  height: Float32Array;
  /** The top of the highest thing that stands in the box. */
  peak: Float32Array;
  curves: Curve[];
  extent: { length: number; width: number; height: number };
  upright: boolean;
}

/** A level with where it stands: that of a slab, or of the ground. */
export interface Terrace {
  level: Level;
  members: readonly number[];
  u: number;
  v: number;
}

export const SLAB = 0.16;
/** The rim of a slab, where its name is written. */
export const RIM = 0.74;
const GAPS: Gaps = { along: 0.62, across: 0.55, rows: 1.5 };
/** Towards the reader boxes hide each other more, and need more room. */
const UPRIGHT: Gaps = { along: 1.2, across: 0.45, rows: 1.3 };
/** Shapes that slabs may take: long as a rule, closer to a square where one long slab would decide the scale of all. */
const INNER_ASPECTS = [2.6, 1.35];
/** How much larger everything must come out for slabs to be wrapped closer. */
const WORTH = 1.4;

/** Positions for all that is drawn: slabs as large as their contents, from the inside out. Linear but for sorting. */
export function reflow(
  tables: Tables,
  visible: Visible,
  flows: readonly Flow[],
  sizes: Sizes,
  frame: Frame,
): Layout {
  const members = groupByParent(visible);
  const order = orderInLevel(members, visible.shown.length);
  const nested: Nested = { tables, visible, members, bridges: bridgeByParent(visible, flows), order };
  const [long, close] = INNER_ASPECTS.map((aspect) => grow(nested, sizes, frame, aspect)) as [Grown, Grown];
  const { levels, size } = extentOf(close, frame) * WORTH < extentOf(long, frame) ? close : long;
  const layout = stand(visible, members, levels, size);
  const terraces = levels.map((level, position) => ({
    level,
    members: members[position]!,
    u: position === 0 ? 0 : layout.u[position - 1]!,
    v: position === 0 ? 0 : layout.v[position - 1]!,
  }));
  const placed = { ...layout, upright: frame.upright };
  return { ...placed, curves: route(visible, flows, placed, terraces, order) };
}

interface Nested {
  tables: Tables;
  visible: Visible;
  members: readonly number[][];
  bridges: readonly [number, number][][];
  order: Int32Array;
}

/** The levels by slab, that of the ground first, and the sizes that slabs come to. */
interface Grown {
  levels: Level[];
  size: Pick<Layout, "length" | "width" | "height">;
}

function grow(
  { tables, visible, members, bridges, order }: Nested,
  sizes: Sizes,
  frame: Frame,
  inner: number,
): Grown {
  const { shown } = visible;
  const length = Float32Array.from(sizes.length);
  const width = Float32Array.from(sizes.width);
  const height = Float32Array.from(sizes.height);
  const levels: Level[] = new Array(shown.length + 1);
  for (let slab = shown.length - 1; slab >= -1; slab -= 1) {
    if (slab >= 0 && shown[slab]!.role !== "slab") {
      continue;
    }
    const items = members[slab + 1]!.map((position) => itemOf(tables, visible, position, length, width));
    const joined = bridges[slab + 1]!.map(([a, b]) => [order[a]!, order[b]!] as const);
    const level = arrange(items, joined, slab < 0 ? frame.aspect : inner, frame.upright ? UPRIGHT : GAPS);
    levels[slab + 1] = level;
    if (slab >= 0) {
      length[slab] = level.length + 2 * RIM;
      width[slab] = level.width + 2 * RIM;
      height[slab] = SLAB;
    }
  }
  return { levels, size: { length, width, height } };
}

/** The width of the smallest frame that holds the ground. */
function extentOf({ levels }: Grown, { aspect }: Frame): number {
  const [ground] = levels;
  return Math.max(ground!.length / aspect, ground!.width);
}

function groupByParent({ shown }: Visible): number[][] {
  const members: number[][] = Array.from({ length: shown.length + 1 }, () => []);
  shown.forEach(({ parent }, position) => {
    members[parent + 1]!.push(position);
  });
  return members;
}

function orderInLevel(members: readonly number[][], count: number): Int32Array {
  const order = new Int32Array(count);
  for (const inside of members) {
    inside.forEach((position, place) => {
      order[position] = place;
    });
  }
  return order;
}

/** The flows of each level, as the pair of its members that they join. */
function bridgeByParent({ shown }: Visible, flows: readonly Flow[]): [number, number][][] {
  const bridges: [number, number][][] = Array.from({ length: shown.length + 1 }, () => []);
  for (const { source, target } of flows) {
    const [a, b] = meet(shown, source, target);
    if (a !== b) {
      bridges[shown[a]!.parent + 1]!.push([a, b]);
    }
  }
  return bridges;
}

/** What holds the two boxes on the level where their ways part; the same twice for one box. */
export function meet(shown: Visible["shown"], source: number, target: number): [number, number] {
  let a = source;
  let b = target;
  while (shown[a]!.depth > shown[b]!.depth) {
    a = shown[a]!.parent;
  }
  while (shown[b]!.depth > shown[a]!.depth) {
    b = shown[b]!.parent;
  }
  while (shown[a]!.parent !== shown[b]!.parent) {
    a = shown[a]!.parent;
    b = shown[b]!.parent;
  }
  return [a, b];
}

function itemOf(
  tables: Tables,
  { shown }: Visible,
  position: number,
  length: Float32Array,
  width: Float32Array,
): Item {
  const { box, role } = shown[position]!;
  const { rank, x } = tables.boxes[box]!;
  const size = { length: length[position]!, width: width[position]! };
  if (role === "source") {
    return { rank: -1, x: 0, ...size };
  }
  return role === "sink" ? { rank: Number.MAX_SAFE_INTEGER, x: 0, ...size } : { rank, x, ...size };
}

type Placement = Omit<Layout, "curves" | "upright">;

function stand(
  { shown }: Visible,
  members: readonly number[][],
  levels: readonly Level[],
  size: Pick<Layout, "length" | "width" | "height">,
): Placement {
  const count = shown.length;
  const u = new Float32Array(count);
  const v = new Float32Array(count);
  const y = new Float32Array(count);
  const settle = (slab: number): void => {
    members[slab + 1]!.forEach((position, place) => {
      const level = levels[slab + 1]!;
      u[position] = (slab < 0 ? 0 : u[slab]!) + level.u[place]!;
      v[position] = (slab < 0 ? 0 : v[slab]!) + level.v[place]!;
      y[position] = slab < 0 ? 0 : y[slab]! + SLAB;
    });
  };
  settle(-1);
  shown.forEach(({ role }, position) => {
    if (role === "slab") {
      settle(position);
    }
  });
  const peak = Float32Array.from(y, (bottom, position) => bottom + size.height[position]!);
  for (let position = count - 1; position >= 0; position -= 1) {
    const { parent } = shown[position]!;
    if (parent >= 0) {
      peak[parent] = Math.max(peak[parent]!, peak[position]!);
    }
  }
  const ground = levels[0]!;
  const extent = {
    length: ground.length,
    width: ground.width,
    height: peak.reduce((a, b) => Math.max(a, b), 0),
  };
  return { u, v, y, ...size, peak, extent };
}
