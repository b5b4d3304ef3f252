import { CanvasTexture, LinearFilter, LinearMipmapLinearFilter } from "three";

/** The sizes that text is drawn in: names and details lie flat on the screen, titles on the ground. */
export type Strike = "name" | "detail" | "title";

export interface Glyph {
  /** Place in the atlas, as shares of its size. */
  uv: readonly [left: number, top: number, width: number, height: number];
  /** In CSS pixels of its strike, with the room for the halo around it. */
  width: number;
  height: number;
  advance: number;
}

export interface Icon {
  glyph: Glyph;
}

const SIDE = 1024;
const PAD = 4;
const FAMILY =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", Arial, sans-serif';
const STRIKES: Readonly<Record<Strike, { pixels: number; weight: number; halo: number }>> = {
  name: { pixels: 12, weight: 600, halo: 3.2 },
  detail: { pixels: 10.5, weight: 400, halo: 2.6 },
  title: { pixels: 30, weight: 600, halo: 0 },
};
export const TITLE_PIXELS = STRIKES.title.pixels;
const UNKNOWN = "□";

/**
 * All the letters that have been needed so far, drawn once each with the fonts of the system. Red is the letter, green the
 * halo around it, so that a label takes its colours when it is drawn.
 */
export class Atlas {
  readonly texture: CanvasTexture;
  private readonly context: CanvasRenderingContext2D;
  private readonly glyphs = new Map<string, Glyph>();
  private x = PAD;
  private y = PAD;
  private lineHeight = 0;

  constructor(private readonly density: number) {
    const canvas = document.createElement("canvas");
    canvas.width = SIDE;
    canvas.height = SIDE;
    const context = canvas.getContext("2d", { willReadFrequently: false });
    if (context === null) {
      throw new Error("no 2D canvas to draw letters on");
    }
    this.context = context;
    context.fillStyle = "#000";
    context.fillRect(0, 0, SIDE, SIDE);
    this.texture = new CanvasTexture(canvas);
    this.texture.flipY = false;
    this.texture.minFilter = LinearMipmapLinearFilter;
    this.texture.magFilter = LinearFilter;
    this.texture.anisotropy = 8;
  }

  glyph(strike: Strike, letter: string): Glyph {
    const key = strike + letter;
    const known = this.glyphs.get(key);
    if (known !== undefined) {
      return known;
    }
    const drawn = this.drawLetter(strike, letter) ?? this.glyphs.get(strike + UNKNOWN) ?? NOTHING;
    this.glyphs.set(key, drawn);
    return drawn;
  }

  /** A sign that is not in any font: `draw` gets a square of so many CSS pixels. */
  sign(name: string, pixels: number, draw: (context: CanvasRenderingContext2D, size: number) => void): Glyph {
    const key = `sign ${name}`;
    const known = this.glyphs.get(key);
    if (known !== undefined) {
      return known;
    }
    const size = Math.ceil(pixels * this.density);
    const place = this.take(size, size);
    const drawn = place === null ? NOTHING : this.cell(place, size, size, size / this.density);
    if (place !== null) {
      this.context.save();
      this.context.translate(place.x, place.y);
      draw(this.context, size);
      this.context.restore();
      this.texture.needsUpdate = true;
    }
    this.glyphs.set(key, drawn);
    return drawn;
  }

  width(strike: Strike, text: string): number {
    let width = 0;
    for (const letter of text) {
      width += this.glyph(strike, letter).advance;
    }
    return width;
  }

  dispose(): void {
    this.texture.dispose();
  }

  private drawLetter(strike: Strike, letter: string): Glyph | null {
    const { context, density } = this;
    const { pixels, weight, halo } = STRIKES[strike];
    const size = pixels * density;
    context.font = `${weight} ${size}px ${FAMILY}`;
    context.textBaseline = "alphabetic";
    const advance = context.measureText(letter).width;
    const room = Math.ceil((halo * density) / 2) + 1;
    const width = Math.ceil(advance) + 2 * room + (strike === "title" ? 2 : 0);
    const height = Math.ceil(size * 1.3) + 2 * room;
    const place = this.take(width, height);
    if (place === null) {
      return null;
    }
    const left = place.x + room;
    const base = place.y + room + Math.round(size * 0.98);
    context.save();
    context.beginPath();
    context.rect(place.x, place.y, width, height);
    context.clip();
    context.globalCompositeOperation = "lighter";
    if (halo > 0) {
      context.lineJoin = "round";
      context.lineWidth = halo * density;
      context.strokeStyle = "#0f0";
      context.strokeText(letter, left, base);
      context.fillStyle = "#ff0";
    } else {
      context.fillStyle = "#f00";
    }
    context.fillText(letter, left, base);
    context.restore();
    this.texture.needsUpdate = true;
    return this.cell(place, width, height, advance / density);
  }

  private cell(place: { x: number; y: number }, width: number, height: number, advance: number): Glyph {
    return {
      uv: [place.x / SIDE, place.y / SIDE, width / SIDE, height / SIDE],
      width: width / this.density,
      height: height / this.density,
      advance,
    };
  }

  /** Room for one more cell, null where the atlas is full. */
  private take(width: number, height: number): { x: number; y: number } | null {
    if (this.x + width + PAD > SIDE) {
      this.x = PAD;
      this.y += this.lineHeight + PAD;
      this.lineHeight = 0;
    }
    if (this.y + height + PAD > SIDE) {
      return null;
    }
    const place = { x: this.x, y: this.y };
    this.x += width + PAD;
    this.lineHeight = Math.max(this.lineHeight, height);
    return place;
  }
}

const NOTHING: Glyph = { uv: [0, 0, 0, 0], width: 0, height: 0, advance: 0 };
