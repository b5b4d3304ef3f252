import { expect, test } from "vitest";
import { brief, bytes, flops, share } from "../../src/document/figures";

test.each([
  [0, "0"],
  [999, "999"],
  [1000, "1.00 k"],
  [11_689_512, "11.7 M"],
  [999_999, "1.00 M"],
  [7.256e9, "7.26 G"],
  [4e18, "4000 P"],
])("%d is written in three digits: %s", (value, text) => {
  expect(brief(value)).toBe(text);
});

test("work and sizes carry their units", () => {
  expect([flops(3.63e9), flops(640), bytes(46_758_048)]).toEqual(["3.63 GFLOPs", "640 FLOPs", "46.8 MB"]);
});

test("a share is told where there is a whole that holds the part", () => {
  expect([share(1, 8), share(1, 100_000), share(0, 8), share(1, 0), share(9, 8)]).toEqual([
    "13 %",
    "< 0.1 %",
    "0.0 %",
    "",
    "",
  ]);
});
