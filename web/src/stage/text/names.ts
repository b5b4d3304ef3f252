import type { BoxId, ChangeKind, Severity } from "../../document/model";
import { blend, type Rgb, rgb } from "../../graph/colours";
import { Crowd } from "../../graph/crowd";
import { detailOf, nameOf } from "../../graph/naming";
import type { Picture } from "../../graph/picture";
import { RIM } from "../../graph/reflow";
import type { Colours } from "../../themes/palettes";
import type { Rig } from "../camera/rig";
import type { Letters } from "../layers/letters";
import { type Atlas, type Glyph, type Strike, TITLE_PIXELS } from "./atlas";
import { changeSign, severitySign } from "./signs";

interface Name {
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

interface Attention {
  selected: BoxId | null;
  hovered: BoxId | null;
}

type Triple = readonly [number, number, number];

const MOST = 240;
const MOST_LETTERS = 9000;
const SMALLEST = 11;
const DETAILED = 34;
const NAME_HEIGHT = 16;
const DETAIL_HEIGHT = 13;
const ZERO: Triple = [0, 0, 0];

/** Chooses each frame which boxes are named, and lays out the letters: what matters first, until the screen is full. */
export class Names {
  private names: Name[] = [];
  private picture: Picture | null = null;
  private ink: Rgb = [255, 255, 255];
  private paper: Rgb = [0, 0, 0];
  private soft: Rgb = [128, 128, 128];
  private severities: Readonly<Record<Severity, Rgb>> | null = null;
  private changes: Readonly<Record<ChangeKind, Rgb>> | null = null;
  private kept: Name[] = [];
  private byBox = new Map<BoxId, Name>();
  private before = new Set<Name>();
  private row = 0;

  constructor(
    private readonly atlas: Atlas,
    private readonly letters: Letters,
  ) {}

  show(picture: Picture): void {
    this.picture = picture;
    this.before.clear();
    this.names = picture.visible.shown.map((shown, position) => {
      const found = picture.told[position]!;
      const { change } = picture.tables.boxes[shown.box]!;
      const size = picture.sizes[3 * position]! + picture.sizes[3 * position + 2]!;
      return {
        position,
        name: nameOf(picture.tables, shown),
        detail: detailOf(picture.tables, shown),
        severity: found.severity,
        findings: found.count,
        change,
        isKept: found.severity !== null || isEnd(picture, position),
        weight:
          (found.severity === null ? 0 : 1000) +
          (change === null ? 0 : 500) +
          size +
          2 * picture.sizes[3 * position + 1]!,
      };
    });
    this.byBox = new Map(this.names.map((name, position) => [picture.visible.shown[position]!.box, name]));
    this.names.sort((a, b) => b.weight - a.weight);
    this.kept = this.names.filter(({ isKept }) => isKept);
  }

  paint(colours: Colours): void {
    this.ink = rgb(colours.ink);
    this.paper = rgb(colours.background);
    this.soft = blend(this.ink, this.paper, 0.32);
    this.severities = mapColours(colours.severities);
    this.changes = mapColours(colours.changes);
  }

  /** Writes the letters for one frame; `placeOf` tells where a box stands just now. */
  draw(rig: Rig, attention: Attention, placeOf: (position: number) => Triple): void {
    this.row = 0;
    this.letters.rows.resize(MOST_LETTERS);
    const crowd = new Crowd(rig.width, rig.height);
    const drawn = new Set<Name>();
    const offer = (names: Iterable<Name>): void => {
      for (const name of names) {
        if (drawn.size >= MOST || this.row > MOST_LETTERS - 200) {
          return;
        }
        if (!drawn.has(name) && this.place(name, this.picture!, rig, crowd, attention, placeOf)) {
          drawn.add(name);
        }
      }
    };
    if (this.picture !== null) {
      // What is pointed at, what must be told, what was named in the last frame, so that names do not flicker.
      offer(this.namesOf(attention));
      offer(this.kept);
      offer(this.before);
      offer(this.largeEnough(this.picture, rig));
    }
    this.before = drawn;
    this.letters.rows.resize(this.row);
    this.letters.send();
  }

  /** Those that could be named, by their final places: most of ten thousand boxes are too small or off the screen. */
  private *largeEnough({ places, sizes, visible }: Picture, rig: Rig): Generator<Name> {
    for (const name of this.names) {
      const at = 3 * name.position;
      const size = Math.max(sizes[at]!, sizes[at + 2]!);
      const isSlab = visible.shown[name.position]!.role === "slab";
      if (isSlab || rig.sees(places[at]!, places[at + 1]!, places[at + 2]!, size, SMALLEST)) {
        yield name;
      }
    }
  }

  /** How many boxes were named in the last frame. */
  get count(): number {
    return this.before.size;
  }

  private namesOf({ hovered, selected }: Attention): Name[] {
    const boxes = [hovered, selected].filter((box) => box !== null);
    return boxes.flatMap((box) => this.byBox.get(box) ?? []);
  }

  private place(
    name: Name,
    picture: Picture,
    rig: Rig,
    crowd: Crowd,
    attention: Attention,
    placeOf: (position: number) => Triple,
  ): boolean {
    const shown = picture.visible.shown[name.position]!;
    if (shown.role === "slab") {
      return this.placeTitle(name, picture, rig, placeOf(name.position));
    }
    const [x, y, z] = placeOf(name.position);
    const at: Triple = [x, y + picture.sizes[3 * name.position + 1]!, z];
    const seen = rig.project(...at);
    if (
      seen === null ||
      seen.x < -40 ||
      seen.y < -20 ||
      seen.x > rig.width + 40 ||
      seen.y > rig.height + 30
    ) {
      return false;
    }
    const isNoted = shown.box === attention.hovered || shown.box === attention.selected;
    const unit = 1 / (rig.pixel * seen.away);
    const size = unit * Math.max(picture.sizes[3 * name.position]!, picture.sizes[3 * name.position + 2]!);
    if (size < SMALLEST && !name.isKept && !isNoted) {
      return false;
    }
    return this.placeName(name, at, seen, crowd, isNoted || size > DETAILED);
  }

  private placeName(
    name: Name,
    at: Triple,
    seen: { x: number; y: number },
    crowd: Crowd,
    isLarge: boolean,
  ): boolean {
    const signs = this.signsOf(name);
    const text = this.cut("name", name.name, 150);
    const counted = name.findings > 1 ? `${name.findings} ` : "";
    const signWidth =
      signs.reduce((sum, { glyph }) => sum + glyph.width + 2, 0) + this.atlas.width("name", counted);
    const width = signWidth + this.atlas.width("name", text);
    const detail = isLarge ? this.cut("detail", name.detail, 150) : "";
    const detailWidth = this.atlas.width("detail", detail);
    const rise = 7;
    const fits = (lines: number, wide: number) =>
      crowd.take(seen.x - wide / 2 - 3, seen.y - rise - lines, wide + 6, lines);
    const hasDetail = detail !== "" && fits(NAME_HEIGHT + DETAIL_HEIGHT, Math.max(width, detailWidth));
    if (!hasDetail && !fits(NAME_HEIGHT, width)) {
      return false;
    }
    let left = -width / 2;
    const base = -rise - (hasDetail ? DETAIL_HEIGHT : 0) - NAME_HEIGHT;
    for (const { glyph, colour } of signs) {
      this.put(at, ZERO, ZERO, glyph, left, base - 1, colour, this.paper, 1);
      left += glyph.width + 2;
    }
    left = this.write("name", counted, at, left, base, signs[0]?.colour ?? this.ink);
    this.write("name", text, at, left, base, this.ink);
    if (hasDetail) {
      this.write("detail", detail, at, -detailWidth / 2, -rise - DETAIL_HEIGHT, this.soft);
    }
    return true;
  }

  private signsOf(name: Name): { glyph: Glyph; colour: Rgb }[] {
    const signs: { glyph: Glyph; colour: Rgb }[] = [];
    if (name.severity !== null && this.severities !== null) {
      signs.push({ glyph: severitySign(this.atlas, name.severity), colour: this.severities[name.severity] });
    }
    if (name.change !== null && this.changes !== null) {
      signs.push({ glyph: changeSign(this.atlas, name.change), colour: this.changes[name.change] });
    }
    return signs;
  }

  /** Writes a slab's name on that of its rims that faces the reader. */
  private placeTitle(name: Name, picture: Picture, rig: Rig, [x, y, z]: Triple): boolean {
    const quarter = (Math.round(rig.pose.azimuth / (Math.PI / 2)) * Math.PI) / 2;
    const [sin, cos] = [Math.round(Math.sin(quarter)), Math.round(Math.cos(quarter))];
    const [w, h, d] = [0, 1, 2].map((axis) => picture.sizes[3 * name.position + axis]!) as [
      number,
      number,
      number,
    ];
    const wide = cos !== 0 ? w : d;
    const deep = cos !== 0 ? d : w;
    const left = -wide / 2 + 0.22;
    const low = deep / 2 - RIM / 2;
    const at: Triple = [x + left * cos + low * sin, y + h + 0.012, z - left * sin + low * cos];
    const seen = rig.project(...at);
    if (seen === null) {
      return false;
    }
    const unit = 1 / (rig.pixel * seen.away);
    const height = Math.min(RIM * 0.8, Math.max(0.3, 17 / unit));
    if (height * unit * Math.sin(rig.pose.elevation) < 4.5) {
      return false;
    }
    const scale = this.shrink(name.name, wide - 0.5, height / TITLE_PIXELS);
    const across: Triple = [cos * scale, 0, -sin * scale];
    const down: Triple = [sin * scale, 0, cos * scale];
    const room = (wide - 0.4) / scale;
    const base = -TITLE_PIXELS * 0.72;
    let end = 0;
    for (const { glyph, colour } of this.signsOf(name)) {
      const factor = (TITLE_PIXELS * 0.95) / glyph.height;
      this.put(at, across, down, scaled(glyph, factor), end, base + 3, colour, this.paper, 1);
      end += glyph.width * factor + 6;
    }
    end = this.write(
      "title",
      this.cut("title", name.name, room - end),
      at,
      end,
      base,
      this.ink,
      across,
      down,
      0.95,
    );
    const detail = `  ${name.detail}`;
    if (
      name.detail !== "" &&
      !name.name.startsWith(name.detail) &&
      end + this.atlas.width("title", detail) < room
    ) {
      this.write("title", detail, at, end, base, this.soft, across, down, 0.6);
    }
    return true;
  }

  /** A scale at which a title fits its rim, if one near enough does. */
  private shrink(text: string, room: number, scale: number): number {
    const wanted = room / Math.max(1, this.atlas.width("title", text));
    return Math.min(scale, Math.max(wanted, 0.66 * scale));
  }

  /** The text, or as much of it as has room with an ellipsis. */
  private cut(strike: Strike, text: string, room: number): string {
    if (this.atlas.width(strike, text) <= room) {
      return text;
    }
    let kept = "";
    let width = this.atlas.width(strike, "…");
    for (const letter of text) {
      width += this.atlas.glyph(strike, letter).advance;
      if (width > room) {
        break;
      }
      kept += letter;
    }
    return kept === "" ? "" : `${kept.trimEnd()}…`;
  }

  private write(
    strike: Strike,
    text: string,
    at: Triple,
    left: number,
    top: number,
    colour: Rgb,
    across: Triple = ZERO,
    down: Triple = ZERO,
    alpha = 1,
  ): number {
    let end = left;
    for (const letter of text) {
      const glyph = this.atlas.glyph(strike, letter);
      if (letter !== " ") {
        const room = (glyph.width - glyph.advance) / 2;
        this.put(at, across, down, glyph, end - room, top - room, colour, this.paper, alpha);
      }
      end += glyph.advance;
    }
    return end;
  }

  private put(
    at: Triple,
    across: Triple,
    down: Triple,
    glyph: Glyph,
    left: number,
    top: number,
    colour: Rgb,
    halo: Rgb,
    alpha: number,
  ): void {
    if (this.row >= MOST_LETTERS) {
      return;
    }
    const { rows } = this.letters;
    rows.set("anchor", this.row, at);
    rows.set("across", this.row, across);
    rows.set("down", this.row, down);
    rows.set("box", this.row, [left, top, glyph.width, glyph.height]);
    rows.set("uv", this.row, glyph.uv);
    rows.set("colour", this.row, [...colour, Math.round(255 * alpha)]);
    rows.set("halo", this.row, [...halo, 215]);
    this.row += 1;
  }
}

function isEnd({ tables, visible }: Picture, position: number): boolean {
  const { kind } = tables.boxes[visible.shown[position]!.box]!;
  return kind === "input" || kind === "output";
}

function scaled(glyph: Glyph, factor: number): Glyph {
  return {
    ...glyph,
    width: glyph.width * factor,
    height: glyph.height * factor,
    advance: glyph.advance * factor,
  };
}

function mapColours<Key extends string>(colours: Readonly<Record<Key, string>>): Record<Key, Rgb> {
  return Object.fromEntries(Object.entries<string>(colours).map(([key, hex]) => [key, rgb(hex)])) as Record<
    Key,
    Rgb
  >;
}
