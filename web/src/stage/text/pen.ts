import type { ChangeKind, Severity } from "../../document/model";
import { blend, type Rgb, rgb } from "../../graph/colours";
import type { Colours } from "../../themes/palettes";
import type { Letters } from "../layers/letters";
import type { Atlas, Glyph, Strike } from "./atlas";
import { changeSign, severitySign } from "./signs";

export type Triple = readonly [number, number, number];

/** Where text is written: at a point, flat on the screen, or along two vectors on the ground. */
export interface Sheet {
  at: Triple;
  across: Triple;
  down: Triple;
}

export interface Sign {
  glyph: Glyph;
  colour: Rgb;
}

const MOST_LETTERS = 9000;
const ZERO: Triple = [0, 0, 0];

export function facing(at: Triple): Sheet {
  return { at, across: ZERO, down: ZERO };
}

/** Sets letters and signs for one frame, in the colours of the theme. */
export class Pen {
  ink: Rgb = [255, 255, 255];
  soft: Rgb = [128, 128, 128];
  private paper: Rgb = [0, 0, 0];
  private colours: Colours | null = null;
  private row = 0;

  constructor(
    readonly atlas: Atlas,
    private readonly letters: Letters,
  ) {}

  dip(colours: Colours): void {
    this.colours = colours;
    this.ink = rgb(colours.ink);
    this.paper = rgb(colours.background);
    this.soft = blend(this.ink, this.paper, 0.32);
  }

  begin(): void {
    this.row = 0;
    this.letters.rows.resize(MOST_LETTERS);
  }

  end(): void {
    this.letters.rows.resize(this.row);
    this.letters.send();
  }

  /** Whether there may be no room for one more name. */
  get isFull(): boolean {
    return this.row > MOST_LETTERS - 200;
  }

  /** The signs that stand before a name. */
  signsOf(severity: Severity | null, change: ChangeKind | null): Sign[] {
    const signs: Sign[] = [];
    if (severity !== null && this.colours !== null) {
      signs.push({
        glyph: severitySign(this.atlas, severity),
        colour: rgb(this.colours.severities[severity]),
      });
    }
    if (change !== null && this.colours !== null) {
      signs.push({ glyph: changeSign(this.atlas, change), colour: rgb(this.colours.changes[change]) });
    }
    return signs;
  }

  /** The text, or as much of it as has room with an ellipsis. */
  cut(strike: Strike, text: string, room: number): string {
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

  /** Writes a line and tells where it ends. */
  write(
    strike: Strike,
    text: string,
    sheet: Sheet,
    left: number,
    top: number,
    colour: Rgb,
    alpha = 1,
  ): number {
    let end = left;
    for (const letter of text) {
      const glyph = this.atlas.glyph(strike, letter);
      if (letter !== " ") {
        const room = (glyph.width - glyph.advance) / 2;
        this.put(sheet, glyph, end - room, top - room, colour, alpha);
      }
      end += glyph.advance;
    }
    return end;
  }

  put({ at, across, down }: Sheet, glyph: Glyph, left: number, top: number, colour: Rgb, alpha = 1): void {
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
    rows.set("halo", this.row, [...this.paper, 215]);
    this.row += 1;
  }
}
