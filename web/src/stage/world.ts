import { Color, Group, type PerspectiveCamera, type Scene, type WebGLRenderer } from "three";
import type { BoxId } from "../document/model";
import { type Rgb, rgb } from "../graph/colours";
import { type Bounds, boundsOf, compose, outline, type Picture } from "../graph/picture";
import type { Frame } from "../graph/reflow";
import type { View } from "../state/store";
import { coloursOf } from "../themes/palettes";
import { ease } from "./camera/flight";
import { Rig } from "./camera/rig";
import { Flows } from "./layers/flows";
import { Ground } from "./layers/ground";
import { Letters } from "./layers/letters";
import { Marks } from "./layers/marks";
import { Solids } from "./layers/solids";
import { Painter } from "./painting";
import { Picker } from "./picking";
import { Placer } from "./placing";
import { Atlas } from "./text/atlas";
import { Names } from "./text/names";

const MILLISECONDS = 480;
const PAINT = ["overlay", "palette", "theme"] as const satisfies readonly (keyof Look)[];

export type Shape = Pick<View, "tables" | "scope" | "expanded" | "unfolded" | "merged">;
export type Look = Pick<View, "overlay" | "palette" | "theme" | "selected" | "hovered">;

/** All that is drawn, in six draw calls, whatever is shown. */
export class World {
  readonly group = new Group();
  readonly rig = new Rig();
  picture: Picture | null = null;
  private picker: Picker | null = null;
  private readonly ground = new Ground();
  private readonly solids = new Solids(1);
  private readonly ghosts = new Solids(0.22);
  private readonly marks = new Marks();
  private readonly flows = new Flows();
  private readonly atlas: Atlas;
  private readonly letters: Letters;
  private readonly names: Names;
  private readonly placer: Placer;
  private readonly painter: Painter;
  private movedSince = Number.NEGATIVE_INFINITY;
  private look: Look | null = null;

  constructor(
    private readonly density: number,
    private readonly isCalm: () => boolean,
  ) {
    this.atlas = new Atlas(Math.min(2, Math.max(1, density)));
    this.letters = new Letters(this.atlas.texture);
    this.names = new Names(this.atlas, this.letters);
    const layers = { solids: this.solids, ghosts: this.ghosts, marks: this.marks, flows: this.flows };
    this.placer = new Placer(layers);
    this.painter = new Painter(layers, this.placer);
    for (const { mesh } of [this.ground, ...Object.values(layers), this.letters]) {
      this.group.add(mesh);
    }
  }

  /** Lays out what is to be seen; boxes that were there before move to their new places. */
  show(shape: Shape, frame: Frame): void {
    const before = this.picture;
    const picture = compose(shape.tables, shape, frame);
    this.picture = picture;
    this.picker = new Picker(picture);
    const moves = this.placer.show(picture, before?.tables === shape.tables ? before : null);
    this.movedSince = moves && !this.isCalm() ? performance.now() : Number.NEGATIVE_INFINITY;
    this.names.show(picture);
    this.look = null;
    const { extent } = picture.layout;
    const radius = Math.hypot(extent.length, extent.width) / 2 + extent.height + 2;
    this.rig.sceneRadius = radius;
    this.ground.lie(radius * 2.2 + 8, radius * 2.2 + 8);
  }

  /** Colours everything as the view says; where only the pointer moved, what it left and reached. */
  paint(look: Look, scene: Scene): void {
    const { picture, look: before } = this;
    if (picture === null) {
      return;
    }
    this.look = { ...look };
    if (before !== null && PAINT.every((key) => before[key] === look[key])) {
      this.painter.repaint(
        look,
        this.positionsOf([before.hovered, before.selected, look.hovered, look.selected]),
      );
      return;
    }
    const colours = coloursOf(look.palette, look.theme);
    const backdrop = shares(rgb(colours.background));
    this.solids.light(backdrop, look.theme === "dark");
    this.ghosts.light(backdrop, look.theme === "dark");
    this.ground.paint(shares(rgb(colours.ground)), shares(rgb(colours.ink)));
    this.names.paint(colours);
    scene.background = new Color(colours.background);
    this.painter.paint(picture, look, colours);
  }

  private positionsOf(boxes: readonly (BoxId | null)[]): Set<number> {
    const positions = new Set<number>();
    for (const box of boxes) {
      const position = box === null ? -1 : this.standIn(box);
      if (position >= 0 && this.picture!.visible.shown[position]!.box === box) {
        positions.add(position);
      }
    }
    return positions;
  }

  resize(width: number, height: number): void {
    this.letters.resize(width, height, this.density);
    this.flows.pixel = (2 * Math.tan((this.rig.camera.fov * Math.PI) / 360)) / height;
  }

  /** Draws one frame and tells whether another must follow. */
  render(renderer: WebGLRenderer, scene: Scene, camera: PerspectiveCamera, look: Look): boolean {
    const share = Math.min(1, (performance.now() - this.movedSince) / MILLISECONDS);
    const progress = ease(share);
    for (const layer of [this.solids, this.ghosts, this.marks]) {
      layer.progress = progress;
    }
    this.flows.fade = share < 1 ? Math.max(0, 2 * share - 1) : 1;
    this.names.draw(this.rig, look, (position) => this.placer.at(position, progress));
    renderer.render(scene, camera);
    return share < 1;
  }

  get labels(): number {
    return this.names.count;
  }

  get boxes(): number {
    return this.picture?.visible.shown.length ?? 0;
  }

  /** The box under a pixel, null for none; a slab where nothing on it is hit. */
  pick(x: number, y: number): BoxId | null {
    const { origin, direction } = this.rig.rayAt(x, y);
    const position = this.picker?.pick(origin, direction) ?? -1;
    return this.picture?.visible.shown[position]?.box ?? null;
  }

  /** The position in the picture that stands for a box, -1 where the scope does not hold it. */
  standIn(box: BoxId): number {
    const visible = this.picture?.visible;
    const inside = visible?.standIn[box] ?? -1;
    return inside >= 0 ? inside : (visible?.sources.get(box) ?? visible?.sinks.get(box) ?? -1);
  }

  outline(): Bounds[] {
    return this.picture === null ? [] : outline(this.picture);
  }

  boundsOf(box: BoxId): Bounds | null {
    const position = this.standIn(box);
    return this.picture === null || position < 0 ? null : boundsOf(this.picture, position);
  }

  dispose(): void {
    for (const layer of [
      this.ground,
      this.solids,
      this.ghosts,
      this.marks,
      this.flows,
      this.letters,
      this.atlas,
    ]) {
      layer.dispose();
    }
  }
}

function shares(colour: Rgb): number[] {
  return colour.map((part) => part / 255);
}
