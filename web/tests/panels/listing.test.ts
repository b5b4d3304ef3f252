import { expect, test } from "vitest";
import type { Box } from "../../src/document/types";
import { listRows, type Row } from "../../src/panels/tree/listing";
import { boxAt, sampleTables } from "../sample";

const tables = sampleTables();
const text = (row: Row): string =>
  row.kind === "box"
    ? `${row.level} ${tables.boxes[row.box]?.label}${row.times > 1 ? ` ×${row.times}` : ""} ${row.position}/${row.siblings}`
    : `${row.level} (${tables.document.modules[row.module]?.path}) ${row.position}/${row.siblings}`;
const list = (open: number[], unfolded: number[] = []) =>
  listRows(tables, new Set(open), new Set(unfolded)).map(text);

test("a closed tree is the model alone", () => {
  expect(list([])).toEqual(["1 TinyResNet 1/1"]);
});

test("modules that were never called end the list of those around them", () => {
  expect(list([0]).slice(-2)).toEqual(["2 output 9/10", "2 (aux) 10/10"]);
});

test("equal blocks stand in one row until they are unfolded", () => {
  const layer = boxAt(tables, "layer1");
  expect(list([0, layer]).filter((row) => row.startsWith("3"))).toEqual(["3 0 ×3 1/1"]);
  expect(list([0, layer], [0]).filter((row) => row.startsWith("3"))).toEqual([
    "3 0 1/3",
    "3 1 2/3",
    "3 2 3/3",
  ]);
});

test("what was opened inside a closed box is not listed", () => {
  expect(list([boxAt(tables, "layer1")])).toEqual(["1 TinyResNet 1/1"]);
});

test("boxes may be nested deeper than functions can call", () => {
  const boxes = Array.from(
    { length: 30_000 },
    (_, id): Box => ({ kind: "module", label: "m", family: "container", parent: id - 1 }),
  );
  const deep = sampleTables({ boxes, edges: [], folds: [], findings: [], modules: [] });
  expect(listRows(deep, new Set(boxes.keys()), new Set())).toHaveLength(30_000);
});
