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

/** `12.3 %` of a whole; "" where there is no whole. */
export function share(part: number, whole: number): string {
  if (whole <= 0) {
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
  const steps = value < 1000 ? 0 : Math.min(Math.floor(Math.log10(value) / 3), UNITS.length - 1);
  const digits = value / 1000 ** steps;
  return [steps === 0 ? String(value) : digits.toPrecision(3), UNITS[steps] ?? ""];
}
