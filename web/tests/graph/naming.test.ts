import { expect, test } from "vitest";
import { detailOf, nameOf } from "../../src/graph/naming";
import { tablesOf } from "./models";

const SHOWN = { box: 1, role: "closed", parent: -1, depth: 0, folded: 1, calls: 1 } as const;

test("a box bears its label", () => {
  expect(nameOf(tablesOf({ boxes: [{ parent: 0, label: "relu" }] }), SHOWN)).toBe("relu");
});

test("a number alone says nothing, so the class stands before it", () => {
  const tables = tablesOf({ boxes: [{ parent: 0, kind: "module", module: 1, label: "3" }] });
  expect(nameOf(tables, SHOWN)).toBe("Linear 3");
});

test("folded siblings and merged calls are counted", () => {
  const tables = tablesOf({ boxes: [{ parent: 0, label: "block" }] });
  expect(nameOf(tables, { ...SHOWN, folded: 12 })).toBe("block ×12");
  expect(nameOf(tables, { ...SHOWN, calls: 3 })).toBe("block ⟲3");
});

test("the only output is not numbered", () => {
  const output = { parent: 0, kind: "output", label: "0" } as const;
  expect(nameOf(tablesOf({ boxes: [output] }), SHOWN)).toBe("output");
  expect(nameOf(tablesOf({ boxes: [output, { ...output, label: "1" }] }), SHOWN)).toBe("output 0");
});

test("an op tells the shape that comes out", () => {
  const tables = tablesOf({ boxes: [{ parent: 0, outputs: [["0", 1]] }] });
  expect(detailOf(tables, SHOWN)).toBe("2×64");
});

test("a name of a million letters is cut, and not within a letter", () => {
  const tables = tablesOf({ boxes: [{ parent: 0, label: "𝛼".repeat(500_000) }] });
  expect(nameOf(tables, SHOWN)).toBe(`${"𝛼".repeat(64)}…`);
});
