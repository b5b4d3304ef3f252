import { type Picture, toWorld } from "../graph/picture";
import type { Flows } from "./layers/flows";
import type { Marks } from "./layers/marks";
import type { Solids } from "./layers/solids";

export interface Layers {
  solids: Solids;
  ghosts: Solids;
  marks: Marks;
  flows: Flows;
}

/** More boxes than this jump to their places: nobody could follow them. */
const MOST_MOVED = 4000;
/** How many boxes of a deck are drawn behind the first one, for siblings folded into it. */
export const DECK = 2;

/** Puts boxes and flows where the layout says, and remembers where they were. */
export class Placer {
  private fromPlaces = new Float32Array();
  private fromSizes = new Float32Array();
  private picture: Picture | null = null;
  /** What each row of the solids and of the ghosts shows. */
  solidRows: readonly Row[] = [];
  ghostRows: readonly Row[] = [];

  constructor(private readonly layers: Layers) {}

  /** Fills the rows of all layers; true where boxes move from where they stood before. */
  show(picture: Picture, before: Picture | null): boolean {
    const moves = before !== null && picture.places.length <= 3 * MOST_MOVED;
    this.fromPlaces = picture.places.slice();
    this.fromSizes = picture.sizes.slice();
    if (moves) {
      this.startFrom(picture, before);
    }
    this.picture = picture;
    this.placeBoxes(picture);
    this.placeFlows(picture);
    return moves;
  }

  /** The middle of the bottom of a box while it is on its way. */
  at(position: number, progress: number): [number, number, number] {
    const to = this.picture!.places;
    const along = (axis: number): number => {
      const from = this.fromPlaces[3 * position + axis]!;
      return from + (to[3 * position + axis]! - from) * progress;
    };
    return [along(0), along(1), along(2)];
  }

  /** Boxes start where they stood; new ones where the box stood that they come out of, or as tall as nothing. */
  private startFrom(picture: Picture, before: Picture): void {
    picture.visible.shown.forEach(({ box, parent }, position) => {
      const old = before.visible.standIn[box] ?? -1;
      const from = 3 * position;
      if (old >= 0) {
        const isSame = before.visible.shown[old]!.box === box;
        this.fromPlaces.set(before.places.subarray(3 * old, 3 * old + 3), from);
        const size = before.sizes.subarray(3 * old, 3 * old + 3);
        this.fromSizes.set(isSame ? size : size.map((side) => side * 0.3), from);
      } else if (parent >= 0) {
        this.fromPlaces.set(this.fromPlaces.subarray(3 * parent, 3 * parent + 3), from);
        this.fromSizes.set([0.01, 0.01, 0.01], from);
      } else {
        this.fromSizes[from + 1] = 0.01;
      }
    });
  }

  private placeBoxes(picture: Picture): void {
    const { shown } = picture.visible;
    const isGhost = (position: number) => picture.tables.boxes[shown[position]!.box]!.change === "removed";
    const solid: Row[] = [];
    const ghost: Row[] = [];
    shown.forEach(({ folded }, position) => {
      (isGhost(position) ? ghost : solid).push({ position, behind: 0 });
      for (let behind = 1; folded > 1 && behind <= Math.min(DECK, folded - 1); behind += 1) {
        solid.push({ position, behind });
      }
    });
    this.fill(this.layers.solids, solid);
    this.fill(this.layers.ghosts, ghost);
    this.fill(
      this.layers.marks,
      shown.map((_, position) => ({ position, behind: 0 })),
    );
    this.solidRows = solid;
    this.ghostRows = ghost;
  }

  private fill({ rows }: Pick<Solids, "rows"> | Pick<Marks, "rows">, filled: readonly Row[]): void {
    const { places, sizes, layout } = this.picture!;
    rows.resize(filled.length);
    filled.forEach(({ position, behind }, row) => {
      const [dx, , dz] = toWorld(layout, 0.14 * behind, 0, -0.14 * behind);
      const shrink = 1 - 0.07 * behind;
      const at = (from: Float32Array) => [
        from[3 * position]! + dx,
        from[3 * position + 1]!,
        from[3 * position + 2]! + dz,
      ];
      const size = (from: Float32Array) => [
        from[3 * position]!,
        from[3 * position + 1]! * shrink,
        from[3 * position + 2]!,
      ];
      rows.set("fromPlace", row, at(this.fromPlaces));
      rows.set("toPlace", row, at(places));
      rows.set("fromSize", row, size(this.fromSizes));
      rows.set("toSize", row, size(sizes));
    });
    rows.send("fromPlace", "fromSize", "toPlace", "toSize");
  }

  private placeFlows({ layout }: Picture): void {
    const { rows } = this.layers.flows;
    rows.resize(layout.curves.length);
    layout.curves.forEach(({ points }, row) => {
      for (let point = 0; point < 4; point += 1) {
        const [u, y, v] = [points[3 * point]!, points[3 * point + 1]!, points[3 * point + 2]!];
        rows.set(COLUMNS[point]!, row, toWorld(layout, u, y, v));
      }
    });
    rows.send(...COLUMNS);
  }
}

/** A drawn box, and how far behind the first one of its deck. */
export interface Row {
  position: number;
  behind: number;
}

const COLUMNS = ["p0", "p1", "p2", "p3"] as const;
