import type { View } from "../state/store";
import type { Colours } from "../themes/palettes";
import { blend, colourBy, type Rgb, rgb } from "./colours";
import { Crowd } from "./crowd";
import { detailOf, nameOf } from "./naming";
import { compose, type Picture, toWorld } from "./picture";
import { groundTransform, nearness, PIXELS_PER_UNIT, type Point, project, round } from "./projection";
import { RIM } from "./reflow";

type Choice = Pick<View, "tables" | "scope" | "expanded" | "unfolded" | "merged" | "overlay">;

const MARGIN = 40;
const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', Arial, sans-serif";
/** Widths of letters differ by font: this is wide enough for all. */
const LETTER = 7.3;

/** The scene's layout as a flat drawing: a whole SVG document, without scripts, styles or fonts of its own. */
export function picture(view: Choice, colours: Colours): string {
  const drawn = compose(view.tables, view, { aspect: 1.5, upright: false });
  const tint = tinter(drawn, view, colours);
  const positions = [...drawn.visible.shown.keys()];
  const slabs = positions.filter((position) => drawn.visible.shown[position]!.role === "slab");
  const boxes = positions
    .filter((position) => drawn.visible.shown[position]!.role !== "slab")
    .sort((a, b) => nearnessOf(drawn, a) - nearnessOf(drawn, b));
  const parts = [
    ...slabs.map((position) => slab(drawn, position, tint(position), colours)),
    ...ways(drawn, colours, ["low"]),
    ...boxes.map((position) => box(drawn, position, tint(position))),
    ...ways(drawn, colours, ["arch", "back"]),
  ];
  const [left, top, right, bottom] = extentOf(drawn);
  const names = label(drawn, boxes, colours, [left, top, right, bottom]);
  const [width, height] = [right - left, bottom - top];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${[left, top, width, height].map(round).join(" ")}" width="${round(width)}" height="${round(height)}" font-family="${FONT}">`,
    `<title>${toXml(view.tables.boxes[view.scope]?.label ?? "")}</title>`,
    `<rect x="${round(left)}" y="${round(top)}" width="${round(width)}" height="${round(height)}" fill="${colours.background}"/>`,
    ...parts,
    ...names,
    "</svg>",
  ].join("\n");
}

function nearnessOf({ places }: Picture, position: number): number {
  return nearness(places[3 * position]!, places[3 * position + 2]!);
}

function tinter(
  { visible }: Picture,
  { tables, overlay }: Choice,
  colours: Colours,
): (position: number) => Rgb {
  const byBox = colourBy(tables, overlay, colours);
  return (position) => {
    const { box: id, role, depth } = visible.shown[position]!;
    if (role === "source" || role === "sink") {
      return rgb(role === "source" ? colours.kinds.input : colours.kinds.output);
    }
    const raised = blend(
      rgb(colours.ground),
      WHITE,
      (isDark(colours) ? 0.05 : 0.5) + 0.04 * Math.min(depth, 4),
    );
    return role === "slab" ? blend(raised, byBox(id), 0.14) : byBox(id);
  };
}

function corners({ places, sizes }: Picture, position: number) {
  const [x, y, z] = [places[3 * position]!, places[3 * position + 1]!, places[3 * position + 2]!];
  const [w, h, d] = [sizes[3 * position]! / 2, sizes[3 * position + 1]!, sizes[3 * position + 2]! / 2];
  return (right: -1 | 1, up: 0 | 1, front: -1 | 1): Point =>
    project(x + right * w, y + up * h, z + front * d);
}

function polygon(points: readonly Point[], fill: string, more = ""): string {
  return `<polygon points="${points.map((point) => point.map(round).join(",")).join(" ")}" fill="${fill}"${more}/>`;
}

function box(drawn: Picture, position: number, colour: Rgb): string {
  const { box: id } = drawn.visible.shown[position]!;
  const at = corners(drawn, position);
  const isGone = drawn.tables.boxes[id]!.change === "removed";
  return [
    `<g data-box="${id}"${isGone ? ' opacity="0.35"' : ""}>`,
    polygon([at(-1, 0, -1), at(-1, 1, -1), at(-1, 1, 1), at(-1, 0, 1)], hex(blend(colour, BLACK, 0.38))),
    polygon([at(-1, 0, 1), at(-1, 1, 1), at(1, 1, 1), at(1, 0, 1)], hex(blend(colour, BLACK, 0.18))),
    polygon([at(-1, 1, -1), at(1, 1, -1), at(1, 1, 1), at(-1, 1, 1)], hex(blend(colour, WHITE, 0.06))),
    "</g>",
  ].join("");
}

function slab(drawn: Picture, position: number, colour: Rgb, colours: Colours): string {
  const shown = drawn.visible.shown[position]!;
  const at = corners(drawn, position);
  const [x, y, z] = [0, 1, 2].map((axis) => drawn.places[3 * position + axis]!) as [number, number, number];
  const [w, h, d] = [0, 1, 2].map((axis) => drawn.sizes[3 * position + axis]!) as [number, number, number];
  const scale = (RIM * 0.62 * PIXELS_PER_UNIT) / 16;
  const start = project(x - w / 2 + 0.25, y + h, z + d / 2 - RIM * 0.3);
  const room = Math.floor(((w - 0.5) * PIXELS_PER_UNIT) / (LETTER * 1.25 * scale));
  return [
    `<g data-box="${shown.box}">`,
    polygon([at(-1, 0, 1), at(-1, 1, 1), at(1, 1, 1), at(1, 0, 1)], hex(blend(colour, BLACK, 0.3))),
    polygon(
      [at(-1, 1, -1), at(1, 1, -1), at(1, 1, 1), at(-1, 1, 1)],
      hex(colour),
      ` stroke="${colours.edge}" stroke-opacity="0.35"`,
    ),
    `<text transform="${groundTransform(start, scale)}" font-size="16" font-weight="600" fill="${colours.ink}">`,
    `${toXml(cut(nameOf(drawn.tables, shown), room))}</text>`,
    "</g>",
  ].join("");
}

function ways({ layout, flows }: Picture, colours: Colours, kinds: readonly string[]): string[] {
  return layout.curves
    .filter(({ kind }) => kinds.includes(kind))
    .map(({ points, kind, flow }) => {
      const at = [0, 1, 2, 3].map((point) => {
        const [u, y, v] = [points[3 * point]!, points[3 * point + 1]!, points[3 * point + 2]!];
        return project(...toWorld(layout, u, y, v))
          .map(round)
          .join(" ");
      });
      const width = 1.4 + 0.22 * Math.log10(1 + flows[flow]!.bytes);
      const colour = kind === "back" ? colours.cycle : colours.edge;
      return `<path d="M${at[0]} C${at[1]} ${at[2]} ${at[3]}" fill="none" stroke="${colour}" stroke-width="${round(width)}" stroke-linecap="round"/>`;
    });
}

function extentOf(drawn: Picture): [number, number, number, number] {
  const extent: [number, number, number, number] = [0, 0, 0, 0];
  const take = ([x, y]: Point): void => {
    extent[0] = Math.min(extent[0], x - MARGIN);
    extent[1] = Math.min(extent[1], y - MARGIN);
    extent[2] = Math.max(extent[2], x + MARGIN);
    extent[3] = Math.max(extent[3], y + MARGIN);
  };
  for (const position of drawn.visible.shown.keys()) {
    const at = corners(drawn, position);
    for (const point of [
      at(-1, 0, 1),
      at(1, 0, 1),
      at(-1, 1, -1),
      at(1, 1, -1),
      at(1, 0, -1),
      at(-1, 0, -1),
    ]) {
      take(point);
    }
  }
  for (const { points } of drawn.layout.curves) {
    take(project(...toWorld(drawn.layout, points[3]!, points[4]! * 0.75, points[5]!)));
    take(project(...toWorld(drawn.layout, points[6]!, points[7]! * 0.75, points[8]!)));
  }
  return extent;
}

/** Names above the boxes, large boxes first, none over another. */
function label(
  drawn: Picture,
  boxes: readonly number[],
  colours: Colours,
  [left, top, right, bottom]: readonly [number, number, number, number],
): string[] {
  const crowd = new Crowd(right - left, bottom - top);
  const volume = (position: number) => drawn.sizes[3 * position + 1]! + drawn.sizes[3 * position + 2]!;
  return [...boxes]
    .sort((a, b) => volume(b) - volume(a))
    .flatMap((position) => {
      const shown = drawn.visible.shown[position]!;
      const [x, y] = project(
        drawn.places[3 * position]!,
        drawn.places[3 * position + 1]! + drawn.sizes[3 * position + 1]!,
        drawn.places[3 * position + 2]!,
      );
      const name = cut(nameOf(drawn.tables, shown), 24);
      const detail = cut(detailOf(drawn.tables, shown), 28);
      const width = Math.max(name.length * LETTER, detail.length * 6);
      if (!crowd.take(x - left - width / 2, y - top - 32, width, 28)) {
        return crowd.take(x - left - (name.length * LETTER) / 2, y - top - 20, name.length * LETTER, 15)
          ? [text(name, x, y - 8, 12, 600, colours)]
          : [];
      }
      return [text(name, x, y - 19, 12, 600, colours), text(detail, x, y - 7, 10, 400, colours)];
    });
}

function text(line: string, x: number, y: number, size: number, weight: number, colours: Colours): string {
  if (line === "") {
    return "";
  }
  const place = `x="${round(x)}" y="${round(y)}" font-size="${size}" font-weight="${weight}" text-anchor="middle"`;
  const halo = `stroke="${colours.background}" stroke-width="3" stroke-linejoin="round" paint-order="stroke"`;
  return `<text ${place} ${halo} fill="${colours.ink}" pointer-events="none">${toXml(line)}</text>`;
}

function cut(line: string, letters: number): string {
  const all = [...line];
  return all.length <= letters ? line : `${all.slice(0, Math.max(0, letters - 1)).join("")}…`;
}

function isDark(colours: Colours): boolean {
  return rgb(colours.background).reduce((sum, part) => sum + part, 0) < 384;
}

const BLACK: Rgb = [0, 0, 0];
const WHITE: Rgb = [255, 255, 255];

function hex(colour: Rgb): string {
  return `#${colour.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

/** Text for XML: what it may not hold at all becomes a replacement character. */
function toXml(line: string): string {
  return line
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
