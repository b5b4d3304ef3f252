import { describe, expect, test } from "vitest";
import type { Tables } from "../../src/document/tables";
import { compose, type Picture } from "../../src/graph/picture";
import type { Frame } from "../../src/graph/reflow";
import type { Choice } from "../../src/graph/visible";
import { sampleTables } from "../sample";
import { BLOCKS, chain, choose, nest, RECYCLED, star, tablesOf } from "./models";

const FRAME: Frame = { aspect: 1.5, upright: false };

/** Pairs of boxes on one slab that overlap; looks at neighbours along x alone, so it is quick for many. */
function overlaps({ visible, places, sizes }: Picture): [number, number][] {
  const found: [number, number][] = [];
  const side = (position: number, axis: 0 | 2) => sizes[3 * position + axis]! / 2 - 1e-3;
  const at = (position: number, axis: 0 | 2) => places[3 * position + axis]!;
  const order = [...visible.shown.keys()].sort((a, b) => at(a, 0) - side(a, 0) - (at(b, 0) - side(b, 0)));
  const open: number[] = [];
  for (const position of order) {
    const start = at(position, 0) - side(position, 0);
    for (let index = open.length - 1; index >= 0; index -= 1) {
      const other = open[index]!;
      if (at(other, 0) + side(other, 0) <= start) {
        open.splice(index, 1);
      } else if (visible.shown[other]!.parent === visible.shown[position]!.parent) {
        const apart = Math.abs(at(other, 2) - at(position, 2));
        if (apart < side(other, 2) + side(position, 2)) {
          found.push([other, position]);
        }
      }
    }
    open.push(position);
  }
  return found;
}

function isPlaced({ places, sizes, layout }: Picture): boolean {
  const points = layout.curves.flatMap((curve) => curve.points);
  return [...places, ...sizes, ...points].every(Number.isFinite);
}

const CASES: [string, Tables, Choice][] = [
  ["nothing at all", tablesOf({ boxes: [] }), choose()],
  ["one op", chain(1), choose()],
  ["a long chain", chain(5000), choose()],
  ["a star", star(3000), choose()],
  ["a small network, opened", sampleTables(), choose({ expanded: new Set(sampleTables().boxes.keys()) })],
  ["containers in containers", nest(60), choose({ expanded: new Set(nest(60).boxes.keys()) })],
  ["merged calls", tablesOf(RECYCLED), choose({ merged: true })],
];

describe.each([
  ["landscape", FRAME],
  ["portrait", { aspect: 2.5, upright: true }],
])("%s", (_, frame) => {
  test.each(CASES)("%s: all places are finite and no boxes overlap", (_name, tables, choice) => {
    const picture = compose(tables, choice, frame);
    expect(isPlaced(picture)).toBe(true);
    expect(overlaps(picture)).toEqual([]);
  });
});

test("a box reads from boxes to the left of it", () => {
  const { places, flows } = compose(tablesOf(BLOCKS), choose(), FRAME);
  expect(flows.every(({ source, target }) => places[3 * source]! < places[3 * target]!)).toBe(true);
});

test("in portrait it reads from boxes behind it, away from the reader", () => {
  const { places, flows } = compose(tablesOf(BLOCKS), choose(), { aspect: 2.5, upright: true });
  expect(flows.every(({ source, target }) => places[3 * source + 2]! < places[3 * target + 2]!)).toBe(true);
});

test("a slab encloses what stands on it, and carries it", () => {
  const { visible, places, sizes } = compose(tablesOf(BLOCKS), choose({ expanded: new Set([2, 5]) }), FRAME);
  visible.shown.forEach(({ parent }, position) => {
    if (parent < 0) {
      return;
    }
    for (const axis of [0, 2]) {
      const apart = Math.abs(places[3 * position + axis]! - places[3 * parent + axis]!);
      expect(apart + sizes[3 * position + axis]! / 2).toBeLessThan(sizes[3 * parent + axis]! / 2);
    }
    expect(places[3 * position + 1]).toBeCloseTo(places[3 * parent + 1]! + sizes[3 * parent + 1]!);
  });
});

test("a long chain wraps into rows that fill the frame", () => {
  const { layout } = compose(chain(5000), choose(), FRAME);
  const shape = layout.extent.length / layout.extent.width;
  expect(shape).toBeGreaterThan(FRAME.aspect / 1.6);
  expect(shape).toBeLessThan(FRAME.aspect * 1.6);
});

test("a row breaks where no skip passes over", () => {
  const skips = Array.from({ length: 8 }, (_, block) => [block * 5 + 1, block * 5 + 5] as [number, number]);
  const steps = Array.from({ length: 39 }, (_, at) => [at + 1, at + 2] as [number, number]);
  const boxes = Array.from({ length: 40 }, (_, rank) => ({ parent: 0, rank }));
  const { places, flows } = compose(tablesOf({ boxes, edges: [...steps, ...skips] }), choose(), FRAME);
  const rowOf = (position: number) => places[3 * position + 2];
  const long = flows.filter(({ source, target }) => target - source === 4);
  expect(long).toHaveLength(8);
  expect(long.every(({ source, target }) => rowOf(source) === rowOf(target))).toBe(true);
});

describe("flows", () => {
  const kindsOf = (tables: Tables, choice: Choice) =>
    compose(tables, choice, FRAME).layout.curves.map(({ kind }) => kind);

  test("run low from step to step and arch over what stands between", () => {
    expect(kindsOf(tablesOf(BLOCKS), choose())).toEqual(["low", "low", "low", "arch"]);
  });

  test("go back over the boxes where a cycle closes", () => {
    expect(kindsOf(tablesOf(RECYCLED), choose({ merged: true }))).toContain("back");
  });

  test("arch higher than all that they pass", () => {
    const { layout, flows } = compose(tablesOf(BLOCKS), choose(), FRAME);
    const arch = layout.curves.find(({ kind }) => kind === "arch")!;
    const [start, out, into, end] = [1, 4, 7, 10].map((at) => arch.points[at]!) as [
      number,
      number,
      number,
      number,
    ];
    const middle = (start + 3 * out + 3 * into + end) / 8;
    expect(middle).toBeGreaterThan(layout.extent.height);
    expect(flows[arch.flow]).toMatchObject({ source: 0, target: 3 });
  });

  test("stay beside a branch that leaves their lane free", () => {
    const boxes = [
      { parent: 0 },
      { parent: 0, rank: 1, x: -0.5 },
      { parent: 0, rank: 1, x: 0.5 },
      { parent: 0, rank: 2, x: -0.5 },
      { parent: 0, rank: 3 },
    ];
    const edges: [number, number][] = [
      [1, 2],
      [1, 3],
      [2, 4],
      [4, 5],
      [3, 5],
    ];
    expect(new Set(kindsOf(tablesOf({ boxes, edges }), choose()))).toEqual(new Set(["low"]));
  });

  test("run on the slab that their boxes stand on, where a row wraps too", () => {
    const boxes = [{ parent: 0 }, ...Array.from({ length: 80 }, (_, rank) => ({ parent: 1, rank }))];
    const edges = Array.from({ length: 79 }, (_, at) => [at + 2, at + 3] as [number, number]);
    const { layout } = compose(tablesOf({ boxes, edges }), choose({ expanded: new Set([1]) }), FRAME);
    const top = layout.y[0]! + layout.height[0]!;
    expect(layout.curves.length).toBeGreaterThan(edges.length);
    expect(layout.curves.every(({ points }) => [1, 4, 7, 10].every((at) => points[at]! > top))).toBe(true);
  });

  test("end once each, however many parts they have", () => {
    const { layout, flows } = compose(chain(200), choose(), FRAME);
    expect(layout.curves.length).toBeGreaterThan(flows.length);
    expect(layout.curves.filter(({ isLast }) => isLast).map(({ flow }) => flow)).toEqual([...flows.keys()]);
  });
});
