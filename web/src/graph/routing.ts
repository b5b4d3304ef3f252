import type { Flow } from "./lifting";
import { type Layout, meet, type Terrace } from "./reflow";
import type { Visible } from "./visible";

/** A cubic Bézier of a flow, as four points (u, y, v) after each other. */
export interface Curve {
  /** Position in the flows. */
  flow: number;
  /** Low on the ground, over the boxes, or against the flow where a cycle closes. */
  kind: "low" | "arch" | "back";
  points: readonly number[];
  /** Whether the flow ends with this curve; a long way round is several. */
  isLast: boolean;
}

type Placed = Omit<Layout, "curves">;
type Point = readonly [u: number, y: number, v: number];

/** More boxes than this between two ends are not looked at one by one. */
const LOOKED_AT = 48;
const LIFT = 0.09;
/** How far a flow may swing out beyond the end of a row. */
const SWING = 1.5;

/** The ways of all flows: low where nothing stands between, around the end of a row to the next, else over the boxes. */
export function route(
  visible: Visible,
  flows: readonly Flow[],
  placed: Placed,
  terraces: readonly Terrace[],
  order: Int32Array,
): Curve[] {
  const ways = new Ways(visible, placed, terraces, order);
  return flows.flatMap((flow, position) =>
    ways.find(flow).map((way, part, all) => ({ flow: position, isLast: part === all.length - 1, ...way })),
  );
}

type Way = Pick<Curve, "kind" | "points">;

class Ways {
  constructor(
    private readonly visible: Visible,
    private readonly placed: Placed,
    private readonly terraces: readonly Terrace[],
    private readonly order: Int32Array,
  ) {}

  find({ source, target }: Flow): Way[] {
    if (source === target) {
      return [this.loop(source)];
    }
    const [a, b] = meet(this.visible.shown, source, target);
    const terrace = this.terraceOf(a);
    const from = terrace.level.step[this.order[a]!]!;
    const to = terrace.level.step[this.order[b]!]!;
    if (to <= from) {
      return [this.arch(source, target, a, b, "back")];
    }
    const leaves = this.isOpen(source, a, "end");
    const enters = this.isOpen(target, b, "start");
    const rowA = terrace.level.row[this.order[a]!]!;
    const rowB = terrace.level.row[this.order[b]!]!;
    if (rowA !== rowB) {
      return this.around(source, target, a, b, terrace, { leaves, enters });
    }
    const low = leaves && enters ? this.low(source, target, terrace, from, to) : null;
    return low ?? [this.arch(source, target, a, b, "arch")];
  }

  private terraceOf(position: number): Terrace {
    return this.terraces[this.visible.shown[position]!.parent + 1]!;
  }

  /** Whether nothing stands between a box and the edge of the slab `top` that holds it, along the flow. */
  private isOpen(position: number, top: number, side: "start" | "end"): boolean {
    for (let at = position; at !== top; at = this.visible.shown[at]!.parent) {
      const { level } = this.terraceOf(at);
      const edge = side === "end" ? level.steps.length - 1 : 0;
      if (level.step[this.order[at]!] !== edge) {
        return false;
      }
    }
    return true;
  }

  private exit(position: number): Point {
    const { u, v, y, length } = this.placed;
    return [u[position]! + length[position]! / 2, y[position]! + LIFT, v[position]!];
  }

  private entry(position: number): Point {
    const { u, v, y, length } = this.placed;
    return [u[position]! - length[position]! / 2, y[position]! + LIFT, v[position]!];
  }

  /** Along the ground, turning early or late so that no box of the steps between is met; null where one is. */
  private low(
    source: number,
    target: number,
    { level, members, u }: Terrace,
    from: number,
    to: number,
  ): Way[] | null {
    const start = this.exit(source);
    const end = this.entry(target);
    if (to - from <= 1) {
      return [{ kind: "low", points: bend(start, end) }];
    }
    const between: number[] = [];
    for (let step = from + 1; step < to; step += 1) {
      for (const member of level.steps[step]!) {
        between.push(members[member]!);
      }
      if (between.length > LOOKED_AT) {
        return null;
      }
    }
    const isFree = (v: number) =>
      between.every((box) => Math.abs(this.placed.v[box]! - v) > this.placed.width[box]! / 2 + 0.1);
    const startOf = (step: number) =>
      u +
      Math.min(
        ...level.steps[step]!.map((member) => level.u[member]! - this.placed.length[members[member]!]! / 2),
      );
    const endOf = (step: number) =>
      u +
      Math.max(
        ...level.steps[step]!.map((member) => level.u[member]! + this.placed.length[members[member]!]! / 2),
      );
    if (isFree(start[2])) {
      return turn(start, [Math.min(endOf(to - 1), end[0] - 0.4), start[1], start[2]], end);
    }
    if (isFree(end[2])) {
      return turn(start, [Math.max(startOf(from + 1), start[0] + 0.4), start[1], end[2]], end);
    }
    return null;
  }

  /** Past the end of a row, back through the gap, and into the next one; over what stands in the way at either end. */
  private around(
    source: number,
    target: number,
    a: number,
    b: number,
    { level, u, v }: Terrace,
    { leaves, enters }: { leaves: boolean; enters: boolean },
  ): Way[] {
    const before = level.rows[level.row[this.order[a]!]!]!;
    const after = level.rows[level.row[this.order[b]!]!]!;
    const isNext = level.row[this.order[b]!] === level.row[this.order[a]!]! + 1;
    if (
      !isNext ||
      level.step[this.order[a]!] !== before.lastStep ||
      level.step[this.order[b]!] !== after.firstStep
    ) {
      return [this.over(source, target, this.peakOf(source, target), "arch")];
    }
    const lane = v + (before.near + after.far) / 2;
    const y = this.placed.y[a]! + LIFT;
    const right: Point = [u + before.end + 0.35, y, lane];
    const left: Point = [u + after.start - 0.35, y, lane];
    return [
      leaves
        ? swing(this.exit(source), right, 1)
        : this.hop(this.top(source), right, this.placed.peak[a]!, 1),
      { kind: leaves && enters ? "low" : "arch", points: straight(right, left) },
      enters
        ? reverse(swing(this.entry(target), left, -1))
        : reverse(this.hop(this.top(target), left, this.placed.peak[b]!, -1)),
    ];
  }

  /** From the top of a box over what stands between it and a point on the ground beyond the row. */
  private hop(top: Point, point: Point, peak: number, side: 1 | -1): Way {
    const control = (peak + 0.5 - top[1] / 8) / 0.75;
    const reach = side * Math.min(SWING + 0.4, 0.8 * Math.abs(point[2] - top[2]));
    const points = [
      ...top,
      top[0] + side * 0.3,
      control,
      top[2],
      point[0] + reach,
      point[1],
      point[2],
      ...point,
    ];
    return { kind: "arch", points };
  }

  private peakOf(...positions: number[]): number {
    return Math.max(...positions.map((position) => this.placed.peak[position]!));
  }

  private arch(source: number, target: number, a: number, b: number, kind: "arch" | "back"): Way {
    const terrace = this.terraceOf(a);
    const steps = [terrace.level.step[this.order[a]!]!, terrace.level.step[this.order[b]!]!].sort(
      (p, q) => p - q,
    );
    let clear = this.peakOf(source, target);
    clear = a === source ? clear : Math.max(clear, this.placed.peak[a]!);
    clear = b === target ? clear : Math.max(clear, this.placed.peak[b]!);
    for (let step = steps[0]! + 1; step < Math.min(steps[1]!, steps[0]! + LOOKED_AT); step += 1) {
      for (const member of terrace.level.steps[step]!.slice(0, LOOKED_AT)) {
        clear = Math.max(clear, this.placed.peak[terrace.members[member]!]!);
      }
    }
    return this.over(source, target, clear, kind);
  }

  /** From the top of one box to the top of the other, over `clear`, the higher the longer it is. */
  private over(source: number, target: number, clear: number, kind: "arch" | "back"): Way {
    const start = this.top(source);
    const end = this.top(target);
    const du = end[0] - start[0];
    const dv = end[2] - start[2];
    const peak = clear + 0.3 + Math.min(0.1 * Math.hypot(du, dv), 2.2) + (kind === "back" ? 0.25 : 0);
    const control = (peak - (start[1] + end[1]) / 8) / 0.75;
    const lean = 0.12;
    return {
      kind,
      points: [
        ...start,
        start[0] + lean * du,
        control,
        start[2] + lean * dv,
        end[0] - lean * du,
        control,
        end[2] - lean * dv,
        ...end,
      ],
    };
  }

  private top(position: number): Point {
    const { u, v, y, height } = this.placed;
    return [u[position]!, y[position]! + height[position]!, v[position]!];
  }

  /** Out at the far end of a box and back in at its start. */
  private loop(position: number): Way {
    const [u, y, v] = this.top(position);
    const half = this.placed.length[position]! * 0.3;
    const points = [u + half, y, v, u + 3.2 * half, y + 1.5, v, u - 3.2 * half, y + 1.5, v, u - half, y, v];
    return { kind: "back", points };
  }
}

/** From the end of a row, in a half circle, to the lane beside it. */
function swing(start: Point, point: Point, side: 1 | -1): Way {
  const turn = point[0] + side * Math.min(SWING, 0.55 * Math.abs(point[2] - start[2]));
  return { kind: "low", points: [...start, turn, start[1], start[2], turn, point[1], point[2], ...point] };
}

function reverse({ kind, points }: Way): Way {
  const at = (point: number) => points.slice(3 * point, 3 * point + 3);
  return { kind, points: [...at(3), ...at(2), ...at(1), ...at(0)] };
}

function bend(start: Point, end: Point): number[] {
  const reach = 0.5 * (end[0] - start[0]);
  return [...start, start[0] + reach, start[1], start[2], end[0] - reach, end[1], end[2], ...end];
}

function straight(start: Point, end: Point): number[] {
  const at = (share: number): Point => [
    start[0] + share * (end[0] - start[0]),
    start[1] + share * (end[1] - start[1]),
    start[2] + share * (end[2] - start[2]),
  ];
  return [...start, ...at(1 / 3), ...at(2 / 3), ...end];
}

/** Straight as long as it may, and over to the other lane where there is room. */
function turn(start: Point, corner: Point, end: Point): Way[] {
  const isEarly = corner[2] === end[2];
  return [
    { kind: "low", points: isEarly ? bend(start, corner) : straight(start, corner) },
    { kind: "low", points: isEarly ? straight(corner, end) : bend(corner, end) },
  ];
}
