import { expect, test } from "vitest";
import { leavesIn, scaleOf } from "../../src/document/heat";
import type { Box } from "../../src/document/types";
import { boxAt, sampleTables } from "../sample";

const withParameters = (...counts: number[]) => {
  const boxes = counts.map(
    (parameters, id): Box => ({
      kind: "module",
      label: "m",
      family: "linear",
      parent: id === 0 ? -1 : 0,
      parameters,
    }),
  );
  return sampleTables({ boxes, edges: [], folds: [], findings: [] });
};

test("the scale is logarithmic, from the least to the most, and leaves the model out", () => {
  const scale = scaleOf(withParameters(99_999, 10, 100, 1000), "parameters");
  expect([10, 100, 1000].map(scale.place)).toEqual([0, expect.closeTo(0.5), 1]);
});

test("nothing is not on the scale", () => {
  expect(scaleOf(withParameters(5, 5), "parameters").place(0)).toBeNull();
});

test("the scale spans four powers of ten", () => {
  const scale = scaleOf(withParameters(0, 1, 1e9), "parameters");
  expect([scale.least, scale.place(1)]).toEqual([1e5, 0]);
});

test("a model of one value, and one of none, have a scale too", () => {
  expect(scaleOf(withParameters(0, 7), "parameters").place(7)).toBe(1);
  expect(scaleOf(withParameters(0, 0), "parameters").most).toBe(0);
});

test("leaves come in the order of the document, without the box itself", () => {
  const tables = sampleTables();
  const labels = leavesIn(tables, boxAt(tables, "layer1/0")).map((box) => tables.boxes[box]?.label);
  expect(labels).toEqual(["conv1", "bn1", "relu", "conv2", "bn2", "add", "relu"]);
  expect(leavesIn(tables, boxAt(tables, "fc"))).toEqual([]);
});
