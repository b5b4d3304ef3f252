import { expect, test } from "vitest";
import { openAtFirst } from "../../src/graph/opening";
import { picture } from "../../src/graph/svg";
import { coloursOf } from "../../src/themes/palettes";
import { sampleTables } from "../sample";
import { BLOCKS, choose, tablesOf } from "./models";

const COLOURS = coloursOf("standard", "light");

test("every drawn box is a group that names it", () => {
  const tables = tablesOf(BLOCKS);
  const drawn = picture({ ...choose({ expanded: new Set([2]) }), tables, overlay: "family" }, COLOURS);
  const boxes = [...drawn.matchAll(/data-box="(\d+)"/g)].map(([, box]) => Number(box));
  expect(boxes.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 8]);
});

test("names are text, whatever they hold", () => {
  const label = '</text><script>alert(1)</script>" & \u0000 \ud800';
  const tables = tablesOf({ boxes: [{ parent: 0, label }] });
  const drawn = picture({ ...choose(), tables, overlay: "family" }, COLOURS);
  expect(drawn).not.toContain("<script");
  expect(drawn).toContain("&lt;/text&gt;&lt;script");
  expect([drawn.includes("\u0000"), drawn.isWellFormed()]).toEqual([false, true]);
});

test("numbers are finite and short", () => {
  const tables = sampleTables();
  const drawn = picture(
    { ...choose({ expanded: openAtFirst(tables, 0, 40) }), tables, overlay: "flops" },
    COLOURS,
  );
  expect(drawn).not.toMatch(/NaN|Infinity|\d\.\d{3}/);
});

test("an empty model is an empty drawing", () => {
  const drawn = picture({ ...choose(), tables: tablesOf({ boxes: [] }), overlay: "family" }, COLOURS);
  expect(drawn).toMatch(/^<svg [^>]+>\n<title>Net<\/title>\n<rect [^>]+\/>\n<\/svg>$/);
});
