import { expect, test } from "vitest";
import { pathOf } from "../../src/document/naming";
import { highlight, indexBoxes, searchBoxes, wordsOf } from "../../src/document/searching";
import { sampleTables } from "../sample";

const tables = sampleTables();
const index = indexBoxes(tables);
const find = (question: string) => searchBoxes(index, question).map(({ box }) => pathOf(tables, box));

test("names come before paths", () => {
  expect(find("layer1").slice(0, 2)).toEqual(["layer1", "layer1.0"]);
});

test("a box is found by its class, by its op and by its shape", () => {
  expect([find("adaptiveavgpool2d"), find("aten::flatten"), find("2×16×1×1")]).toEqual([
    ["avgpool"],
    ["flatten"],
    ["avgpool"],
  ]);
});

test("a shape may be written with an x", () => {
  expect(wordsOf("Conv 2x16x32")).toEqual(["conv", "2×16×32"]);
});

test("every word has to be found", () => {
  expect(find("layer1.1 bn2")).toEqual(["layer1.1.bn2"]);
  expect(find("fc conv")).toEqual([]);
});

test("no question finds nothing", () => {
  expect(find("  ")).toEqual([]);
});

test("what was found is marked wherever it stands", () => {
  expect(highlight("conv1.CONV", ["conv"])).toEqual([
    { text: "conv", isHit: true },
    { text: "1.", isHit: false },
    { text: "CONV", isHit: true },
  ]);
});

test("the pieces of a text are the text, whatever lower case makes of it", () => {
  expect(
    highlight("İİ conv", ["conv"])
      .map(({ text }) => text)
      .join(""),
  ).toBe("İİ conv");
});
