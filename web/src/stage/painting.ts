import type { BoxId } from "../document/model";
import { blend, colourBy, type Rgb, rgb } from "../graph/colours";
import type { Picture } from "../graph/picture";
import { logScale } from "../graph/sizes";
import type { Colours } from "../themes/palettes";
import { GLOW, RING, SHADOW } from "./layers/marks";
import { LID, PLAIN, SLAB_LOOK, type Solids } from "./layers/solids";
import type { Layers, Placer, Row } from "./placing";
import type { Look } from "./world";

/** What is worked out once for a look, and used for every row. */
interface Brush {
  picture: Picture;
  look: Look;
  colours: Colours;
  colourOf: (position: number) => Rgb;
  /** Of a flow's bytes, from 0 to 1. */
  share: (bytes: number) => number;
}

const DIMMED = 0.48;
const WHITE: Rgb = [255, 255, 255];

/** Colours boxes, marks and flows for a look: all of them, or those alone that the pointer has left and reached. */
export class Painter {
  private brush: Brush | null = null;
  private flowsAt = new Map<number, number[]>();
  private rowsAt = new Map<number, number[]>();

  constructor(
    private readonly layers: Layers,
    private readonly placer: Placer,
  ) {}

  paint(picture: Picture, look: Look, colours: Colours): void {
    const share = logScale(picture.flows.map(({ bytes }) => bytes));
    const brush = { picture, look, colours, colourOf: colourer(picture, look, colours), share };
    const { solids, ghosts, marks, flows } = this.layers;
    this.brush = brush;
    this.rowsAt = group(this.placer.solidRows, ({ position }) => [position]);
    this.flowsAt = group(picture.layout.curves, ({ flow }) => {
      const { source, target } = picture.flows[flow]!;
      return source === target ? [source] : [source, target];
    });
    this.placer.solidRows.forEach((row, at) => {
      paintBox(brush, solids, row, at);
    });
    this.placer.ghostRows.forEach((row, at) => {
      paintBox(brush, ghosts, row, at);
    });
    picture.visible.shown.forEach((_, position) => {
      this.paintMark(brush, position);
    });
    picture.layout.curves.forEach((_, row) => {
      this.paintFlow(brush, row);
    });
    solids.rows.send("colour", "look");
    ghosts.rows.send("colour", "look");
    marks.rows.send("colour", "shape");
    flows.rows.send("colour", "stroke");
    flows.dim = this.isNotingFlows(brush, picture.visible.shown.keys()) ? DIMMED : 1;
  }

  /** Paints again what stands at these positions, for a look that differs in what is pointed at alone. */
  repaint(look: Look, positions: ReadonlySet<number>): void {
    if (this.brush === null) {
      return;
    }
    const brush = { ...this.brush, look };
    const { solids, marks, flows } = this.layers;
    const boxRows = [...positions].flatMap((position) => this.rowsAt.get(position) ?? []);
    const flowRows = [...positions].flatMap((position) => this.flowsAt.get(position) ?? []);
    for (const row of boxRows) {
      paintBox(brush, solids, this.placer.solidRows[row]!, row);
    }
    for (const position of positions) {
      this.paintMark(brush, position);
    }
    for (const row of flowRows) {
      this.paintFlow(brush, row);
    }
    solids.rows.sendRows(boxRows, "colour", "look");
    marks.rows.sendRows(positions, "colour", "shape");
    flows.rows.sendRows(flowRows, "colour", "stroke");
    flows.dim = this.isNotingFlows(brush, positions) ? DIMMED : 1;
    this.brush = brush;
  }

  /** Whether anything flows at what is pointed at: a slab has no flows of its own. */
  private isNotingFlows({ picture, look }: Brush, positions: Iterable<number>): boolean {
    for (const position of positions) {
      if (this.flowsAt.has(position) && isNoted(look, picture.visible.shown[position]!.box)) {
        return true;
      }
    }
    return false;
  }

  /** The ring of what is pointed at, or the halo of what was found or changed, or a shadow. */
  private paintMark({ picture, look, colours }: Brush, position: number): void {
    const { rows } = this.layers.marks;
    const { box, role } = picture.visible.shown[position]!;
    const { severity } = picture.told[position]!;
    const { change } = picture.tables.boxes[box]!;
    const isSlab = role === "slab";
    if (isNoted(look, box)) {
      rows.set("colour", position, [...rgb(box === look.selected ? colours.selected : colours.hovered), 255]);
      rows.set("shape", position, [RING, 0.16]);
    } else if (severity !== null || change !== null) {
      const tone = severity !== null ? colours.severities[severity] : colours.changes[change!];
      rows.set("colour", position, [...rgb(tone), isSlab ? 150 : 230]);
      rows.set("shape", position, [GLOW, 0.34]);
    } else {
      const reach = isSlab ? 0.4 : 0.16 + 0.14 * Math.min(1.6, picture.sizes[3 * position + 1]!);
      rows.set("colour", position, look.theme === "dark" ? [2, 4, 12, 150] : [40, 52, 84, isSlab ? 52 : 88]);
      rows.set("shape", position, [SHADOW, reach]);
    }
  }

  private paintFlow({ picture, look, colours, share }: Brush, row: number): void {
    const { rows } = this.layers.flows;
    const { flow, kind, isLast } = picture.layout.curves[row]!;
    const { source, target, bytes } = picture.flows[flow]!;
    const isAt = (position: number) => isNoted(look, picture.visible.shown[position]!.box);
    const isBright = isAt(source) || isAt(target);
    const bright = look.theme === "dark" ? colours.selected : colours.ink;
    const plain = rgb(kind === "back" ? colours.cycle : colours.edge);
    const tone = isBright ? rgb(bright) : kind === "arch" ? blend(plain, rgb(colours.ink), 0.42) : plain;
    const width = (0.035 + 0.075 * share(bytes)) * (isBright ? 1.35 : 1);
    rows.set("colour", row, [...tone, isBright ? 255 : kind === "low" ? 225 : 205]);
    rows.set("stroke", row, [width, isLast ? 1 : 0, isBright ? 1 : 0]);
  }
}

/** The classic palette turns a box red under the pointer, the others light it up. */
function paintBox(
  { picture, look, colours, colourOf }: Brush,
  layer: Solids,
  { position, behind }: Row,
  row: number,
): void {
  const { box, role } = picture.visible.shown[position]!;
  const isSlab = role === "slab";
  const isLid = role === "closed" && !picture.tables.isLeaf(box);
  const glow = isNoted(look, box) ? (isSlab ? 0.15 : 0.6) : 0;
  const colour =
    colours.by === "kind" && box === look.hovered && !isSlab ? rgb(colours.hovered) : colourOf(position);
  layer.rows.set("colour", row, [...colour, 255]);
  layer.rows.set("look", row, [isSlab ? SLAB_LOOK : isLid ? LID : PLAIN, glow, 0.16 * behind, 0]);
}

/** By position: slabs are the ground, tinted with the colour of what they hold. */
function colourer({ tables, visible }: Picture, look: Look, colours: Colours): (position: number) => Rgb {
  const byBox = colourBy(tables, look.overlay, colours);
  const ground = rgb(colours.ground);
  const isDark = look.theme === "dark";
  return (position) => {
    const { box, role, depth } = visible.shown[position]!;
    if (role === "source" || role === "sink") {
      return rgb(role === "source" ? colours.kinds.input : colours.kinds.output);
    }
    if (role !== "slab") {
      return byBox(box);
    }
    const steps = Math.min(depth, 4);
    const raised = blend(ground, WHITE, isDark ? 0.05 + 0.035 * steps : 0.5 + 0.12 * steps);
    return blend(raised, byBox(box), isDark ? 0.16 : 0.12);
  };
}

function isNoted({ hovered, selected }: Look, box: BoxId): boolean {
  return box === hovered || box === selected;
}

function group<Row>(rows: readonly Row[], keys: (row: Row) => readonly number[]): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  rows.forEach((row, at) => {
    for (const key of keys(row)) {
      const members = groups.get(key);
      if (members === undefined) {
        groups.set(key, [at]);
      } else {
        members.push(at);
      }
    }
  });
  return groups;
}
