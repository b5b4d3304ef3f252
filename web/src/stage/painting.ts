import { blend, colourBy, type Rgb, rgb } from "../graph/colours";
import type { Picture } from "../graph/picture";
import { logScale } from "../graph/sizes";
import type { Colours } from "../themes/palettes";
import { GLOW, RING, SHADOW } from "./layers/marks";
import { LID, PLAIN, SLAB_LOOK, type Solids } from "./layers/solids";
import type { Layers, Row } from "./placing";
import { findingsOf } from "./text/names";
import type { Look } from "./world";

/** Colours boxes, marks and flows for a look. */
export class Painter {
  constructor(private readonly layers: Layers) {}

  paint(picture: Picture, look: Look, colours: Colours): void {
    const colourOf = this.colours(picture, look, colours);
    this.paintSolids(this.layers.solids, picture, look, colourOf);
    this.paintSolids(this.layers.ghosts, picture, look, colourOf);
    this.paintMarks(picture, look, colours);
    this.paintFlows(picture, look, colours);
  }

  /** By position: slabs are the ground, tinted with the colour of what they hold. */
  private colours(picture: Picture, look: Look, colours: Colours): (position: number) => Rgb {
    const { tables, visible } = picture;
    const byBox = colourBy(tables, look.overlay, colours);
    const ground = rgb(colours.ground);
    const hovered = look.hovered;
    return (position) => {
      const { box, role, depth } = visible.shown[position]!;
      if (role === "source" || role === "sink") {
        return rgb(role === "source" ? colours.kinds.input : colours.kinds.output);
      }
      const own = box === hovered && colours.by === "kind" ? rgb(colours.hovered) : byBox(box);
      if (role !== "slab") {
        return own;
      }
      const raised =
        look.theme === "dark"
          ? blend(ground, [255, 255, 255], 0.05 + 0.035 * Math.min(depth, 4))
          : blend(ground, [255, 255, 255], 0.5 + 0.12 * Math.min(depth, 4));
      return blend(raised, own, look.theme === "dark" ? 0.16 : 0.12);
    };
  }

  private paintSolids(
    layer: Solids,
    picture: Picture,
    look: Look,
    colourOf: (position: number) => Rgb,
  ): void {
    const { tables, visible } = picture;
    const rows = layer.mesh.userData.rows as Row[];
    rows.forEach(({ position, behind }, row) => {
      const { box, role } = visible.shown[position]!;
      const isLid = role === "closed" && !tables.isLeaf(box);
      const isNoted = box === look.hovered || box === look.selected;
      layer.rows.set("colour", row, [...colourOf(position), 255]);
      layer.rows.set("look", row, [
        role === "slab" ? SLAB_LOOK : isLid ? LID : PLAIN,
        isNoted ? (role === "slab" ? 0.15 : 0.6) : 0,
        0.16 * behind,
        0,
      ]);
    });
    layer.rows.send("colour", "look");
  }

  /** A shadow under every box, or the halo of what was found or changed at it, or the ring of what is pointed at. */
  private paintMarks(picture: Picture, look: Look, colours: Colours): void {
    const { rows } = this.layers.marks;
    const { tables, visible, sizes } = picture;
    const isDark = look.theme === "dark";
    visible.shown.forEach(({ box, role }, position) => {
      const { severity } = findingsOf(picture, position);
      const { change } = tables.boxes[box]!;
      const tone =
        severity !== null ? colours.severities[severity] : change !== null ? colours.changes[change] : null;
      if (box === look.selected || box === look.hovered) {
        rows.set("colour", position, [
          ...rgb(box === look.selected ? colours.selected : colours.hovered),
          255,
        ]);
        rows.set("shape", position, [RING, 0.16]);
      } else if (tone !== null) {
        rows.set("colour", position, [...rgb(tone), role === "slab" ? 150 : 230]);
        rows.set("shape", position, [GLOW, 0.34]);
      } else {
        const reach = role === "slab" ? 0.4 : 0.16 + 0.14 * Math.min(1.6, sizes[3 * position + 1]!);
        rows.set("colour", position, isDark ? [2, 4, 12, 150] : [40, 52, 84, role === "slab" ? 52 : 88]);
        rows.set("shape", position, [SHADOW, reach]);
      }
    });
    rows.send("colour", "shape");
  }

  private paintFlows({ flows, layout, visible }: Picture, look: Look, colours: Colours): void {
    const { rows } = this.layers.flows;
    const share = logScale(flows.map(({ bytes }) => bytes));
    const noted = [look.hovered, look.selected].filter((box) => box !== null);
    const plain = rgb(colours.edge);
    const arch = blend(plain, rgb(colours.ink), 0.42);
    const bright = rgb(look.theme === "dark" ? colours.selected : colours.ink);
    const touches = (position: number): boolean => noted.includes(visible.shown[position]!.box);
    layout.curves.forEach(({ flow, kind, isLast }, row) => {
      const { source, target, bytes } = flows[flow]!;
      const isNoted = noted.length > 0 && (touches(source) || touches(target));
      const tone = isNoted ? bright : kind === "back" ? rgb(colours.cycle) : kind === "arch" ? arch : plain;
      const alpha = isNoted ? 255 : noted.length > 0 ? 110 : kind === "low" ? 225 : 205;
      rows.set("colour", row, [...tone, alpha]);
      rows.set("stroke", row, [(0.035 + 0.075 * share(bytes)) * (isNoted ? 1.35 : 1), isLast ? 1 : 0]);
    });
    rows.send("colour", "stroke");
  }
}

export type { Solids };
