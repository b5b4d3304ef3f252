import { scaleOf } from "../document/heat";
import type { BoxId } from "../document/model";
import type { Tables } from "../document/tables";
import type { Overlay } from "../state/store";
import type { Colours } from "../themes/palettes";

/** Red, green and blue, from 0 to 255. */
export type Rgb = readonly [number, number, number];

/** Reads `#rrggbb`. */
export function rgb(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

export function blend(a: Rgb, b: Rgb, share: number): Rgb {
  return [0, 1, 2].map((part) => Math.round(a[part]! + (b[part]! - a[part]!) * share)) as [
    number,
    number,
    number,
  ];
}

/** The colour of a count on the ramp; `share` from 0 to 1. */
export function heat(ramp: readonly Rgb[], share: number): Rgb {
  const at = Math.min(1, Math.max(0, share)) * (ramp.length - 1);
  const step = Math.min(ramp.length - 2, Math.floor(at));
  return blend(ramp[step]!, ramp[step + 1]!, at - step);
}

/** Tells the colour of every box under an overlay, over the whole document. */
export function colourBy(tables: Tables, overlay: Overlay, colours: Colours): (box: BoxId) => Rgb {
  if (overlay === "family") {
    return byFamily(tables, colours);
  }
  const mute = rgb(colours.mute);
  if (overlay === "changes") {
    return (box) => {
      const { change } = tables.boxes[box]!;
      return change === null ? mute : rgb(colours.changes[change]);
    };
  }
  const ramp = colours.heat.map(rgb);
  const scale = scaleOf(tables, overlay);
  return (box) => {
    const share = scale.place(tables.boxes[box]![overlay]);
    return share === null ? mute : heat(ramp, share);
  };
}

function byFamily(tables: Tables, colours: Colours): (box: BoxId) => Rgb {
  const families = new Map(Object.entries(colours.families).map(([family, hex]) => [family, rgb(hex)]));
  const kinds = new Map(Object.entries(colours.kinds).map(([kind, hex]) => [kind, rgb(hex)]));
  return (box) => {
    const { family, kind } = tables.boxes[box]!;
    return (colours.by === "kind" ? kinds.get(kind) : families.get(family)) ?? rgb(colours.mute);
  };
}
