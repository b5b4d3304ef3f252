import { expect, test } from "vitest";
import { boxAt, sampleTables } from "../sample";

const tables = sampleTables();
const labels = (boxes: readonly number[]) => boxes.map((box) => tables.boxes[box]?.label);

test("children come in the order of execution", () => {
  expect(labels(tables.children(0))).toEqual([
    "x",
    "conv1",
    "bn1",
    "relu",
    "layer1",
    "avgpool",
    "flatten",
    "fc",
    "output",
  ]);
});

test("ancestors lead from the model down to the parent", () => {
  expect(labels(tables.ancestors(boxAt(tables, "layer1/1/conv1")))).toEqual(["TinyResNet", "layer1", "1"]);
});

test("the model has no ancestors and depth 0", () => {
  expect([tables.ancestors(0), tables.depth(0)]).toEqual([[], 0]);
});

test("a box is within itself and what stands around it, and nothing else", () => {
  const conv = boxAt(tables, "layer1/1/conv1");
  const scopes = [conv, boxAt(tables, "layer1/1"), 0, boxAt(tables, "layer1/0"), boxAt(tables, "fc")];
  expect(scopes.map((scope) => tables.isWithin(conv, scope))).toEqual([true, true, true, false, false]);
});

test("calls of a module are all boxes that call it, not its ops", () => {
  const relu = tables.boxes[boxAt(tables, "layer1/0/relu")]!.module;
  expect(tables.calls(relu).map((box) => tables.boxes[box]?.call)).toEqual([0, 1]);
});

test("every member of a fold knows it", () => {
  expect(["0", "1", "2"].map((block) => tables.foldOf(boxAt(tables, `layer1/${block}`)))).toEqual([0, 0, 0]);
});

test("findings count at their box and at all around it", () => {
  const places = ["layer1/1/conv2", "layer1/1", "layer1/0", "layer1"].map((path) => boxAt(tables, path));
  expect([...places, 0].map((box) => tables.countFindings(box, "warning"))).toEqual([1, 1, 0, 1, 2]);
});

test("a finding at a module that is never called stands at the closest one that was", () => {
  expect(tables.placeOf(0)).toBe(0);
});

test("edges of a leaf are found from both ends", () => {
  const { edges } = tables.document;
  const add = boxAt(tables, "layer1/0/add");
  expect(labels(tables.edgesInto(add).map((edge) => edges[edge]![0]))).toEqual(["bn2", "relu"]);
  expect(labels(tables.edgesOutOf(add).map((edge) => edges[edge]![1]))).toEqual(["relu"]);
});
