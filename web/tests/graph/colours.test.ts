import { expect, test } from "vitest";
import { colourBy, heat, rgb } from "../../src/graph/colours";
import { coloursOf } from "../../src/themes/palettes";
import { tablesOf } from "./models";

const tables = tablesOf({
  boxes: [
    { parent: 0, kind: "module", family: "convolution", parameters: 1000, change: "added" },
    { parent: 0, family: "activation" },
    { parent: 0, kind: "input", family: "input", parameters: 10 },
  ],
});
const standard = coloursOf("standard", "dark");

test("boxes take the colour of their family", () => {
  const colour = colourBy(tables, "family", standard);
  expect([colour(1), colour(2)]).toEqual([
    rgb(standard.families.convolution),
    rgb(standard.families.activation),
  ]);
});

test("in the classic palette they take that of their kind", () => {
  const colour = colourBy(tables, "family", coloursOf("classic", "dark"));
  expect([1, 2, 3].map(colour)).toEqual([rgb("#4834d4"), rgb("#535c68"), rgb("#22a6b3")]);
});

test("a heat map paints most and least with the ends of its ramp, and nothing with grey", () => {
  const colour = colourBy(tables, "parameters", standard);
  expect([1, 2, 3].map(colour)).toEqual([
    rgb(standard.heat.at(-1)!),
    rgb(standard.mute),
    rgb(standard.heat[0]!),
  ]);
});

test("the overlay of changes paints what changed", () => {
  const colour = colourBy(tables, "changes", standard);
  expect([colour(1), colour(2)]).toEqual([rgb(standard.changes.added), rgb(standard.mute)]);
});

test("heat lies between its stops", () => {
  const ramp = ["#000000", "#646464", "#c8c8c8"].map(rgb);
  expect([-1, 0, 0.25, 0.5, 1, 2].map((share) => heat(ramp, share)[0])).toEqual([0, 0, 50, 100, 200, 200]);
});
