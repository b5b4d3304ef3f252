import { expect, test } from "vitest";
import { openAtFirst } from "../../src/graph/opening";
import { read, write } from "../../src/state/hash";
import type { Place } from "../../src/state/store";
import { boxAt, sampleTables } from "../sample";

const tables = sampleTables();
const start: Place = {
  scope: 0,
  selected: null,
  expanded: openAtFirst(tables, 0),
  unfolded: new Set(),
  merged: false,
  overlay: "family",
};

test("where the page begins has no link of its own", () => {
  expect(write(tables, start)).toBe("");
  expect(read(tables, "")).toEqual(start);
});

test("a link leads back to where it was taken", () => {
  const scope = boxAt(tables, "layer1");
  const place: Place = {
    scope,
    selected: boxAt(tables, "layer1/1/conv1"),
    expanded: new Set([boxAt(tables, "layer1/1")]),
    unfolded: new Set([0]),
    merged: true,
    overlay: "flops",
  };
  expect(write(tables, place)).toBe(
    "in=layer1&at=layer1/1/conv1&open=layer1/1&unfold=layer1/0&show=flops&merged",
  );
  expect(read(tables, write(tables, place))).toEqual(place);
});

test("what the model does not have is left out of a link", () => {
  expect(read(tables, "in=gone&at=gone&open=&unfold=fc&show=smell&what")).toEqual({
    ...start,
    expanded: new Set(),
  });
});
