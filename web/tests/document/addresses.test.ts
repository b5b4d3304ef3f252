import { expect, test } from "vitest";
import { addressOf, findAddress } from "../../src/document/addresses";
import type { Box } from "../../src/document/types";
import { boxAt, sampleTables } from "../sample";

const tables = sampleTables();

test("every box is found again at its address", () => {
  const found = tables.boxes.map((_, box) => findAddress(tables, addressOf(tables, box)));
  expect(found).toEqual(tables.boxes.map((_, box) => box));
});

test("the second of two that are called alike is told by its number", () => {
  const calls = tables.calls(tables.boxes[boxAt(tables, "layer1/0/relu")]!.module);
  expect(calls.map((box) => addressOf(tables, box))).toEqual(["layer1/0/relu", "layer1/0/relu~2"]);
});

test("an address that leads nowhere finds nothing", () => {
  expect(
    ["layer9", "layer1/0/relu~3", "layer1//", "fc/0"].map((address) => findAddress(tables, address)),
  ).toEqual([null, null, null, null]);
});

test("labels may hold what an address is made of, and half of a surrogate pair", () => {
  const labels = ["a/b", "a~2", "a,b&c=d", "#?%", "\ud800", "</script>", ""];
  const box = (label: string): Box => ({ kind: "op", label, family: "other", parent: 0 });
  const root: Box = { kind: "module", label: "Net", family: "container" };
  const nasty = sampleTables({ boxes: [root, ...labels.map(box)], edges: [], folds: [], findings: [] });
  const addresses = labels.map((_, index) => addressOf(nasty, index + 1));
  expect(addresses.slice(0, 6).every((address) => /^[\w.%~-]+$/.test(address))).toBe(true);
  expect(addresses.slice(0, 6).map((address) => findAddress(nasty, address))).toEqual([1, 2, 3, 4, 5, 6]);
});
