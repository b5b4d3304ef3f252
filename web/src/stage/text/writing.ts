import type { ChangeKind, Severity } from "../../document/model";
import type { Crowd } from "../../graph/crowd";
import type { Picture } from "../../graph/picture";
import { RIM } from "../../graph/reflow";
import type { Rig } from "../camera/rig";
import { type Glyph, TITLE_PIXELS } from "./atlas";
import { facing, type Pen, type Sheet, type Triple } from "./pen";

/** What is written at a box. */
export interface Name {
  position: number;
  name: string;
  detail: string;
  severity: Severity | null;
  findings: number;
  change: ChangeKind | null;
  /** Named however small it is. */
  isKept: boolean;
  weight: number;
}

const NAME_HEIGHT = 16;
const DETAIL_HEIGHT = 13;
const RISE = 7;
const WIDEST = 150;
/** Titles lower than this many pixels are only dirt. */
const LOWEST = 4.5;

/** Writes a name above a point, and its detail below it where asked for and free; false where there is no room. */
export function writeName(
  pen: Pen,
  name: Name,
  at: Triple,
  seen: { x: number; y: number },
  crowd: Crowd,
  isDetailed: boolean,
): boolean {
  const { atlas } = pen;
  const signs = pen.signsOf(name.severity, name.change);
  const text = pen.cut("name", name.name, WIDEST);
  const counted = name.findings > 1 ? `${name.findings} ` : "";
  const signWidth = signs.reduce((sum, { glyph }) => sum + glyph.width + 2, 0) + atlas.width("name", counted);
  const width = signWidth + atlas.width("name", text);
  const detail = isDetailed ? pen.cut("detail", name.detail, WIDEST) : "";
  const detailWidth = atlas.width("detail", detail);
  const fits = (high: number, wide: number) =>
    crowd.take(seen.x - wide / 2 - 3, seen.y - RISE - high, wide + 6, high);
  const hasDetail = detail !== "" && fits(NAME_HEIGHT + DETAIL_HEIGHT, Math.max(width, detailWidth));
  if (!hasDetail && !fits(NAME_HEIGHT, width)) {
    return false;
  }
  const sheet = facing(at);
  const top = -RISE - (hasDetail ? DETAIL_HEIGHT : 0) - NAME_HEIGHT;
  let left = -width / 2;
  for (const { glyph, colour } of signs) {
    pen.put(sheet, glyph, left, top - 1, colour);
    left += glyph.width + 2;
  }
  left = pen.write("name", counted, sheet, left, top, signs[0]?.colour ?? pen.ink);
  pen.write("name", text, sheet, left, top, pen.ink);
  if (hasDetail) {
    pen.write("detail", detail, sheet, -detailWidth / 2, -RISE - DETAIL_HEIGHT, pen.soft);
  }
  return true;
}

/** Writes a slab's name on that of its rims that faces the reader; false where it would be too small to read. */
export function writeTitle(pen: Pen, name: Name, picture: Picture, rig: Rig, place: Triple): boolean {
  const rim = facingRim(picture, name.position, rig, place);
  const seen = rig.project(...rim.at);
  if (seen === null) {
    return false;
  }
  const unit = 1 / (rig.pixel * seen.away);
  const height = Math.min(RIM * 0.8, Math.max(0.3, 17 / unit));
  if (height * unit * Math.sin(rig.pose.elevation) < LOWEST) {
    return false;
  }
  const scale = shrink(pen, name.name, rim.length - 0.5, height / TITLE_PIXELS);
  const sheet: Sheet = { at: rim.at, across: times(rim.across, scale), down: times(rim.down, scale) };
  const room = (rim.length - 0.4) / scale;
  const top = -TITLE_PIXELS * 0.72;
  let end = 0;
  for (const { glyph, colour } of pen.signsOf(name.severity, name.change)) {
    const large = enlarge(glyph, (TITLE_PIXELS * 0.95) / glyph.height);
    pen.put(sheet, large, end, top + 3, colour);
    end += large.width + 6;
  }
  end = pen.write("title", pen.cut("title", name.name, room - end), sheet, end, top, pen.ink, 0.95);
  const detail = name.detail === "" || name.name.startsWith(name.detail) ? "" : `  ${name.detail}`;
  if (end + pen.atlas.width("title", detail) < room) {
    pen.write("title", detail, sheet, end, top, pen.soft, 0.6);
  }
  return true;
}

interface Rim {
  /** Where the line begins. */
  at: Triple;
  across: Triple;
  down: Triple;
  length: number;
}

function facingRim({ sizes }: Picture, position: number, rig: Rig, [x, y, z]: Triple): Rim {
  const quarter = (Math.round(rig.pose.azimuth / (Math.PI / 2)) * Math.PI) / 2;
  const [sin, cos] = [Math.round(Math.sin(quarter)), Math.round(Math.cos(quarter))];
  const [w, h, d] = [sizes[3 * position]!, sizes[3 * position + 1]!, sizes[3 * position + 2]!];
  const length = cos !== 0 ? w : d;
  const left = 0.22 - length / 2;
  const low = (cos !== 0 ? d : w) / 2 - RIM / 2;
  return {
    at: [x + left * cos + low * sin, y + h + 0.012, z - left * sin + low * cos],
    across: [cos, 0, -sin],
    down: [sin, 0, cos],
    length,
  };
}

/** A scale at which a title fits its rim, if one near enough does. */
function shrink(pen: Pen, text: string, room: number, scale: number): number {
  const wanted = room / Math.max(1, pen.atlas.width("title", text));
  return Math.min(scale, Math.max(wanted, 0.66 * scale));
}

function times([x, y, z]: Triple, factor: number): Triple {
  return [x * factor, y * factor, z * factor];
}

function enlarge(glyph: Glyph, factor: number): Glyph {
  const { width, height, advance } = glyph;
  return { ...glyph, width: width * factor, height: height * factor, advance: advance * factor };
}
