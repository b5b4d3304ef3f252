import { countCrossings, wrap } from "./rows";

/** One box of a level, as it comes from the document and from what is in it. */
export interface Item {
  rank: number;
  /** Place across the flow, in widths of a box. */
  x: number;
  length: number;
  width: number;
}

/** Where the boxes of one level stand: centres relative to the middle of the level. */
export interface Level {
  length: number;
  width: number;
  u: Float32Array;
  v: Float32Array;
  /** Steps count on through the rows; a box reads from earlier steps, unless it closes a cycle. */
  step: Int32Array;
  steps: readonly (readonly number[])[];
  row: Int32Array;
  rows: readonly Row[];
}

export interface Row {
  firstStep: number;
  lastStep: number;
  start: number;
  end: number;
  near: number;
  far: number;
}

export interface Gaps {
  along: number;
  across: number;
  rows: number;
}

export interface Step {
  members: number[];
  length: number;
  near: number;
  far: number;
}

/**
 * Lines up the boxes of one level: ranks become steps along the flow, boxes of one rank stand beside each other,
 * and a line that is much longer than `aspect` times its width wraps into rows, where few edges cross the break.
 */
export function arrange(
  items: readonly Item[],
  bridges: readonly (readonly [number, number])[],
  aspect: number,
  gaps: Gaps,
): Level {
  const v = new Float32Array(items.length);
  const steps = splitWide(items, groupByRank(items), aspect, gaps).map((members) =>
    spread(items, members, v, gaps),
  );
  const step = new Int32Array(items.length);
  steps.forEach(({ members }, position) => {
    for (const member of members) {
      step[member] = position;
    }
  });
  const breaks = wrap(steps, countCrossings(steps.length, bridges, step), aspect, gaps);
  return place(items, steps, step, breaks, v, gaps);
}

function groupByRank(items: readonly Item[]): number[][] {
  const ranks = new Map<number, number[]>();
  items.forEach(({ rank }, position) => {
    const members = ranks.get(rank);
    if (members === undefined) {
      ranks.set(rank, [position]);
    } else {
      members.push(position);
    }
  });
  return [...ranks].sort(([a], [b]) => a - b).map(([, members]) => members);
}

/** Ranks that are far wider than the level should be become several steps: a star is a field, not a line. */
function splitWide(items: readonly Item[], ranks: number[][], aspect: number, gaps: Gaps): number[][] {
  const area = items.reduce(
    (sum, { length, width }) => sum + (length + gaps.along) * (width + gaps.across),
    0,
  );
  const widest = Math.max(14, 2 * Math.sqrt(area / aspect));
  return ranks.flatMap((members) => {
    members.sort((a, b) => items[a]!.x - items[b]!.x || a - b);
    const width = members.reduce((sum, member) => sum + items[member]!.width + gaps.across, 0);
    const parts = Math.ceil(width / widest);
    const size = Math.ceil(members.length / parts);
    return Array.from({ length: Math.ceil(members.length / size) }, (_, part) =>
      members.slice(part * size, (part + 1) * size),
    );
  });
}

/** Gives the members of a step their places across the flow: those of the document, pushed apart. */
function spread(items: readonly Item[], members: number[], v: Float32Array, gaps: Gaps): Step {
  let length = 0;
  let unit = 0;
  for (const member of members) {
    length = Math.max(length, items[member]!.length);
    unit += items[member]!.width / members.length;
  }
  unit = Math.max(unit, 1.6) + gaps.across;
  let edge = Number.NEGATIVE_INFINITY;
  let pushed = 0;
  for (const member of members) {
    const { x, width } = items[member]!;
    const wanted = x * unit;
    v[member] = Math.max(wanted, edge + width / 2);
    pushed += (v[member]! - wanted) / members.length;
    edge = v[member]! + width / 2 + gaps.across;
  }
  let near = Number.NEGATIVE_INFINITY;
  let far = Number.POSITIVE_INFINITY;
  for (const member of members) {
    v[member]! -= pushed;
    near = Math.max(near, v[member]! + items[member]!.width / 2);
    far = Math.min(far, v[member]! - items[member]!.width / 2);
  }
  return { members, length, near, far };
}

function place(
  items: readonly Item[],
  steps: readonly Step[],
  step: Int32Array,
  breaks: readonly number[],
  v: Float32Array,
  gaps: Gaps,
): Level {
  const u = new Float32Array(items.length);
  const row = new Int32Array(items.length);
  const rows: Row[] = [];
  let length = 0;
  let width = 0;
  breaks.forEach((firstStep, position) => {
    const lastStep = (breaks[position + 1] ?? steps.length) - 1;
    const inRow = steps.slice(firstStep, lastStep + 1);
    const far = inRow.reduce((least, line) => Math.min(least, line.far), 0);
    const near = inRow.reduce((most, line) => Math.max(most, line.near), 0);
    const shift = width - far;
    let at = 0;
    for (const line of inRow) {
      for (const member of line.members) {
        u[member] = at + line.length / 2;
        v[member]! += shift;
        row[member] = position;
      }
      at += line.length + gaps.along;
    }
    at -= gaps.along;
    rows.push({ firstStep, lastStep, start: 0, end: at, far: width, near: width + near - far });
    width += near - far + gaps.rows;
    length = Math.max(length, at);
  });
  width -= gaps.rows;
  centre(u, v, rows, length, width);
  return { length, width, u, v, step, steps: steps.map(({ members }) => members), row, rows };
}

function centre(u: Float32Array, v: Float32Array, rows: Row[], length: number, width: number): void {
  for (let member = 0; member < u.length; member += 1) {
    u[member]! -= length / 2;
    v[member]! -= width / 2;
  }
  for (const row of rows) {
    row.start -= length / 2;
    row.end -= length / 2;
    row.near -= width / 2;
    row.far -= width / 2;
  }
}
