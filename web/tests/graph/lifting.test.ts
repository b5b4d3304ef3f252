import { expect, test } from "vitest";
import { bytesOf, lift } from "../../src/graph/lifting";
import { type Choice, see } from "../../src/graph/visible";
import { BLOCKS, choose, RECYCLED, type Sketch, tablesOf } from "./models";

/** The flows as the boxes that they join, and how many edges each stands for. */
function flowsOf(sketch: Sketch, choice: Choice): [number, number, number][] {
  const tables = tablesOf(sketch);
  const visible = see(tables, choice);
  return lift(tables, visible).map(({ source, target, count }) => [
    visible.shown[source]!.box,
    visible.shown[target]!.box,
    count,
  ]);
}

test("edges are lifted to the boxes drawn, and what stays in one box is not drawn", () => {
  expect(flowsOf(BLOCKS, choose())).toEqual([
    [1, 2, 1],
    [2, 5, 1],
    [5, 8, 1],
    [1, 8, 1],
  ]);
});

test("parallel edges are one flow of the largest tensor", () => {
  const tables = tablesOf({
    ...BLOCKS,
    edges: [
      [3, 6],
      [4, 7],
    ],
  });
  const [flow] = lift(tables, see(tables, choose()));
  expect(flow).toEqual({ source: 1, target: 2, count: 2, bytes: 256, spec: 1 });
});

test("what flows from one member of a fold to the next is told by its ×N alone", () => {
  const choice = choose({ expanded: new Set([2]) });
  expect(flowsOf({ ...BLOCKS, folds: [[2, 5]] }, choice)).toEqual([
    [1, 3, 1],
    [3, 4, 2],
    [4, 8, 1],
    [1, 8, 1],
  ]);
});

test("merged calls make the cycle that they are", () => {
  expect(flowsOf(RECYCLED, choose({ merged: true }))).toEqual([
    [1, 2, 1],
    [2, 1, 1],
    [1, 4, 1],
  ]);
});

test("a merged module that feeds itself is a loop", () => {
  const sketch: Sketch = { ...RECYCLED, edges: [[1, 3]] };
  expect(flowsOf(sketch, choose({ merged: true }))).toEqual([[1, 1, 1]]);
  expect(flowsOf(sketch, choose())).toEqual([[1, 3, 1]]);
});

test("a drilled scope is joined to what stands outside", () => {
  expect(flowsOf(BLOCKS, choose({ scope: 2 }))).toEqual([
    [1, 3, 1],
    [3, 4, 1],
    [4, 5, 1],
  ]);
});

test("the bytes of a tensor follow its dtype", () => {
  const spec = { shape: [2, 3], device: "cpu", batch: [] };
  const sizes = ["float32", "float16", "int64", "bool", "unheard_of"].map((dtype) =>
    bytesOf({ ...spec, dtype }),
  );
  expect(sizes).toEqual([24, 12, 48, 6, 24]);
  expect(bytesOf(null)).toBe(0);
});
