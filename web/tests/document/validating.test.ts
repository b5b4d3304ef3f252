import { expect, test } from "vitest";
import { decode } from "../../src/document/reading";
import { DocumentError } from "../../src/document/validating";
import { sample } from "../sample";

const refusal = (value: unknown): string => {
  try {
    decode(typeof value === "string" ? value : JSON.stringify(value));
  } catch (error) {
    return error instanceof DocumentError ? error.message : `not a refusal: ${error}`;
  }
  return "taken";
};

test("a document is taken and comes back whole", () => {
  expect(decode(JSON.stringify(sample()))).toEqual(sample());
});

test.each([
  ["text", "{", "no JSON"],
  ["a list", [], "a JSON object was expected"],
  ["another format", { format: "visunn.graph/2" }, "“visunn.graph/2”"],
  ["no format", {}, "no format at all"],
  ["no totals", { ...sample(), totals: undefined }, "“totals” is missing"],
  ["a table that is none", { ...sample(), boxes: 3 }, "“boxes” is not a table"],
  ["a hole in a table", { ...sample(), edges: [null] }, "“edges” is not a table"],
  [
    "a box before its parent",
    { ...sample(), boxes: sample().boxes.map((box) => ({ ...box, parent: 5 })) },
    "box 0",
  ],
  ["an edge to nowhere", { ...sample(), edges: [[0, 9999, 0]] }, "points to what is not there"],
  ["a fold of nothing there", { ...sample(), folds: [{ members: [-1] }] }, "points to what is not there"],
  [
    "an unheard-of severity",
    { ...sample(), findings: [{ severity: "grave" }] },
    "points to what is not there",
  ],
])("%s is refused in one line", (_, value, reason) => {
  expect(refusal(value)).toContain(reason);
  expect(refusal(value)).not.toContain("\n");
});
