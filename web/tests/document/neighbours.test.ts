import { expect, test } from "vitest";
import { pathOf } from "../../src/document/naming";
import { consumersOf, producersOf } from "../../src/document/neighbours";
import { boxAt, sampleTables } from "../sample";

const tables = sampleTables();
const names = (found: { box: number }[]) => found.map(({ box }) => pathOf(tables, box));

test("a module reads what comes from outside it, each box once", () => {
  expect(names(producersOf(tables, boxAt(tables, "layer1/1")))).toEqual(["layer1.0.relu"]);
});

test("a module is read by what stands outside it", () => {
  expect(names(consumersOf(tables, boxAt(tables, "layer1")))).toEqual(["avgpool"]);
});

test("the model reads nothing", () => {
  expect(producersOf(tables, 0)).toEqual([]);
});
