import { expect, test } from "vitest";
import { openAtFirst } from "../../src/graph/opening";
import { BLOCKS, nest, tablesOf } from "./models";

test("containers are open while all that is drawn is readable", () => {
  expect(openAtFirst(tablesOf(BLOCKS), 0, 6)).toEqual(new Set([2, 5]));
});

test("alike containers are opened together or not at all", () => {
  expect(openAtFirst(tablesOf(BLOCKS), 0, 5)).toEqual(new Set());
});

test("of a fold only the first is opened", () => {
  expect(openAtFirst(tablesOf({ ...BLOCKS, folds: [[2, 5]] }), 0, 6)).toEqual(new Set([2]));
});

test("only what is in the scope is opened", () => {
  expect(openAtFirst(nest(6), 3, 40)).toEqual(new Set([4, 5]));
});
