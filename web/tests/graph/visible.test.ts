import { expect, test } from "vitest";
import { see, type Visible } from "../../src/graph/visible";
import { BLOCKS, choose, nest, RECYCLED, tablesOf } from "./models";

const boxesOf = ({ shown }: Visible) => shown.map(({ box }) => box);

test("closed containers stand for all that is in them", () => {
  const visible = see(tablesOf(BLOCKS), choose());
  expect(boxesOf(visible)).toEqual([1, 2, 5, 8]);
  expect([...visible.standIn]).toEqual([-1, 0, 1, 1, 1, 2, 2, 2, 3]);
});

test("a container opened in place comes before its contents, a step further in", () => {
  const { shown } = see(tablesOf(BLOCKS), choose({ expanded: new Set([2]) }));
  expect(shown.map(({ box, role, parent, depth }) => [box, role, parent, depth])).toEqual([
    [1, "closed", -1, 0],
    [2, "slab", -1, 0],
    [3, "closed", 1, 1],
    [4, "closed", 1, 1],
    [5, "closed", -1, 0],
    [8, "closed", -1, 0],
  ]);
});

test("an op that is said to be open is closed all the same", () => {
  expect(see(tablesOf(BLOCKS), choose({ expanded: new Set([1]) })).shown[0]?.role).toBe("closed");
});

test("the first of a fold stands for all of it, until it is unfolded", () => {
  const tables = tablesOf({ ...BLOCKS, folds: [[2, 5]] });
  const folded = see(tables, choose());
  expect(folded.shown.map(({ box, folded: count }) => [box, count])).toEqual([
    [1, 1],
    [2, 2],
    [8, 1],
  ]);
  expect([...folded.standIn]).toEqual([-1, 0, 1, 1, 1, 1, 1, 1, 2]);
  expect(boxesOf(see(tables, choose({ unfolded: new Set([0]) })))).toEqual([1, 2, 5, 8]);
});

test("what is in a folded twin is shown at its counterpart in the first", () => {
  const { standIn } = see(tablesOf({ ...BLOCKS, folds: [[2, 5]] }), choose({ expanded: new Set([2]) }));
  expect([standIn[6], standIn[7]]).toEqual([standIn[3], standIn[4]]);
});

test("calls of one module are one box when they are merged", () => {
  const { shown, standIn } = see(tablesOf(RECYCLED), choose({ merged: true }));
  expect(shown.map(({ box, calls }) => [box, calls])).toEqual([
    [1, 2],
    [2, 1],
    [4, 1],
  ]);
  expect(standIn[3]).toBe(standIn[1]);
});

test("a drilled scope shows its contents, and at its sides what it reads and feeds", () => {
  const { shown, standIn, sources, sinks } = see(tablesOf(BLOCKS), choose({ scope: 2 }));
  expect(shown.map(({ box, role }) => [box, role])).toEqual([
    [3, "closed"],
    [4, "closed"],
    [1, "source"],
    [5, "sink"],
  ]);
  expect([sources.get(1), sinks.get(5)]).toEqual([2, 3]);
  expect(standIn[8]).toBe(-1);
});

test("a scope in the second of two folded blocks shows itself", () => {
  const visible = see(tablesOf({ ...BLOCKS, folds: [[2, 5]] }), choose({ scope: 5 }));
  expect(boxesOf(visible).slice(0, 2)).toEqual([6, 7]);
});

test("containers that are deeply nested are opened without recursion", () => {
  const depth = 20_000;
  const tables = nest(depth);
  const { shown } = see(tables, choose({ expanded: new Set(tables.boxes.keys()) }));
  expect([shown.length, shown.at(-1)?.depth]).toEqual([depth, depth - 1]);
});
