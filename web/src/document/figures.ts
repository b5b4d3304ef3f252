import type { Measure } from "./heat";

const UNITS = ["", "k", "M", "G", "T", "P"];

/** `11,689,512`. */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** `1 call`, `3 calls`. */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** Three digits and a unit: `11.7 M`, `9.41 k`, `128`. */
export function brief(value: number): string {
  return scaled(value).join(" ").trim();
}

/** `3.63 GFLOPs`, `640 FLOPs`. */
export function flops(value: number): string {
  const [digits, unit] = scaled(value);
  return `${digits} ${unit}FLOPs`;
}

/** `46.8 MB`, by thousands as disks are sold. */
export function bytes(value: number): string {
  const [digits, unit] = scaled(value);
  return `${digits} ${unit}B`;
}

/** `12.3 %` of a whole; "" where there is no whole, or the part is not within it. */
export function share(part: number, whole: number): string {
  if (whole <= 0 || part > whole) {
    return "";
  }
  const percent = (100 * part) / whole;
  return percent > 0 && percent < 0.1 ? "< 0.1 %" : `${percent.toFixed(percent < 10 ? 1 : 0)} %`;
}

/** A measure's value as it is written where there is little room. */
export function figure(value: number, measure: Measure): string {
  return { parameters: brief, flops, bytes }[measure](value);
}

function scaled(value: number): [string, string] {
  let digits = value;
  let unit = 0;
  // 999.5 is 1000 in three digits, which belongs to the next unit.
  while (digits >= (unit === 0 ? 1000 : 999.5) && unit < UNITS.length - 1) {
    digits /= 1000;
    unit += 1;
  }
  const isWhole = unit === 0 || digits >= 1000;
  return [isWhole ? String(Math.round(digits)) : digits.toPrecision(3), UNITS[unit] ?? ""];
}
