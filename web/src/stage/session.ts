import type { PerspectiveCamera, Scene, WebGLRenderer } from "three";
import type { BoxId } from "../document/model";
import { offerPictures } from "../exports/pictures";
import type { Frame } from "../graph/reflow";
import { useView, type View } from "../state/store";
import { Gestures } from "./camera/gestures";
import type { Insets } from "./camera/rig";
import { Director } from "./director";
import { World } from "./world";

const SHAPE = [
  "tables",
  "scope",
  "expanded",
  "unfolded",
  "merged",
] as const satisfies readonly (keyof View)[];
const LOOK = [
  "overlay",
  "palette",
  "theme",
  "selected",
  "hovered",
] as const satisfies readonly (keyof View)[];

/** What the page tells of the frames it has drawn. */
export interface Statistics {
  calls: number;
  triangles: number;
  frames: number;
  boxes: number;
  labels: number;
  /** Of script in the last frame, the GPU's work not counted. */
  scriptMilliseconds: number;
}

/** Joins state, world and pointer: draws when something changed, and not otherwise. */
export class Session {
  readonly world: World;
  private readonly director: Director;
  private readonly gestures: Gestures;
  private renderer: WebGLRenderer | null = null;
  private scene: Scene | null = null;
  private invalidate: () => void = () => {};
  private frames = 0;
  private milliseconds = 0;
  private drawn: View | null = null;
  private insets: Insets = { left: 0, right: 0, top: 0, bottom: 0 };
  private isHeld = false;
  private isCrowded = false;
  private frame: Frame = { aspect: 1.5, upright: false };

  constructor(
    private readonly canvas: HTMLCanvasElement,
    density: number,
  ) {
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
    this.world = new World(density, () => calm.matches);
    this.director = new Director(this.world, () => calm.matches);
    this.gestures = new Gestures(canvas, this.world.rig, {
      moved: () => this.invalidate(),
      held: () => this.hold(),
      hover: (x, y) => this.point({ x, y }),
      leave: () => this.point(null),
      click: (x, y, isSecondary) => this.click(x, y, isSecondary),
    });
  }

  start(renderer: WebGLRenderer, scene: Scene, invalidate: () => void): () => void {
    this.renderer = renderer;
    this.scene = scene;
    this.invalidate = invalidate;
    const unsubscribe = useView.subscribe(() => invalidate());
    const wake = () => invalidate();
    document.addEventListener("visibilitychange", wake);
    this.canvas.addEventListener("webglcontextrestored", wake);
    Object.assign(window.visunn, {
      project: (box: BoxId) => this.project(box),
      statistics: () => this.statistics(),
    });
    offerPictures(() => this.takePicture());
    invalidate();
    return () => {
      offerPictures(null);
      unsubscribe();
      document.removeEventListener("visibilitychange", wake);
      this.canvas.removeEventListener("webglcontextrestored", wake);
    };
  }

  resize(width: number, height: number): void {
    this.insets = readInsets();
    this.world.rig.resize(width, height, this.insets);
    this.world.resize(width, height);
    const next = frameFor(width, height, this.insets);
    if (next.upright !== this.frame.upright || Math.abs(Math.log(next.aspect / this.frame.aspect)) > 0.4) {
      this.frame = next;
      this.drawn = null;
    }
    this.invalidate();
  }

  /** Fits the model anew into what the panels leave free, unless the reader has taken the camera in hand. */
  makeRoom(): void {
    const insets = readInsets();
    if (SIDES.every((side) => insets[side] === this.insets[side])) {
      return;
    }
    this.insets = insets;
    const { width, height } = this.world.rig;
    this.resize(width, height);
    this.isCrowded = !this.isHeld;
    this.invalidate();
  }

  /** Brings the world up to the state, draws it, and asks for another frame while something moves. */
  draw(camera: PerspectiveCamera): void {
    const { renderer, scene } = this;
    if (renderer === null || scene === null) {
      return;
    }
    const start = performance.now();
    const view = useView.getState();
    this.update(view, scene);
    const isSpinning = view.spinning && !document.hidden && !this.gestures.isDragging;
    const isTurning = this.director.advance(start, isSpinning);
    const isMoving = this.world.render(renderer, scene, camera, view);
    this.frames += 1;
    this.milliseconds = performance.now() - start;
    if (isTurning || isMoving) {
      this.invalidate();
    }
  }

  dispose(): void {
    this.gestures.dispose();
    this.world.dispose();
  }

  private update(view: View, scene: Scene): void {
    const before = this.drawn;
    const isReshaped = before === null || SHAPE.some((key) => before[key] !== view[key]);
    if (isReshaped) {
      this.world.show(view, this.frame);
    }
    if (isReshaped || LOOK.some((key) => before[key] !== view[key])) {
      this.world.paint(view, scene);
    }
    if (before === null || before.camera.turn !== view.camera.turn || before.tables !== view.tables) {
      this.world.rig.resize(this.world.rig.width, this.world.rig.height, readInsets());
      this.director.follow(view.camera, before === null || before.tables !== view.tables);
      this.isHeld = view.camera.kind === "fly";
      this.isCrowded = false;
    } else if (this.isCrowded || (isReshaped && !this.isHeld)) {
      this.director.follow({ ...view.camera, kind: "fit" }, this.isCrowded && this.frames < 30);
      this.isCrowded = false;
    }
    this.drawn = view;
  }

  private hold(): void {
    this.director.release();
    this.isHeld = true;
    useView.getState().stopSpinning();
  }

  private point(pointer: { x: number; y: number } | null): void {
    const box = pointer === null ? null : this.world.pick(pointer.x, pointer.y);
    this.canvas.dataset.over = box === null ? "" : "box";
    useView.getState().hover(box);
  }

  /** A module is drilled into, with a modifier key opened in place; an op is selected; the ground selects nothing. */
  private click(x: number, y: number, isSecondary: boolean): void {
    const view = useView.getState();
    const box = this.world.pick(x, y);
    if (box === null) {
      view.select(null);
    } else if (isSecondary) {
      view.toggle(box);
    } else {
      view.drill(box);
    }
  }

  /** What is seen just now, drawn once more, since a canvas is only full within its frame. */
  private takePicture(): Promise<Blob> {
    this.draw(this.world.rig.camera);
    return new Promise((resolve, reject) => {
      this.canvas.toBlob((picture) => {
        if (picture === null) {
          reject(new Error("The browser gave no picture of the scene."));
        } else {
          resolve(picture);
        }
      }, "image/png");
    });
  }

  private project(box: BoxId): { x: number; y: number } | null {
    const { picture, rig } = this.world;
    const position = this.world.standIn(box);
    if (picture === null || position < 0) {
      return null;
    }
    const at = (axis: 0 | 1 | 2) => picture.places[3 * position + axis]!;
    const seen = rig.project(at(0), at(1) + picture.sizes[3 * position + 1]! * 0.5, at(2));
    const { left, top } = this.canvas.getBoundingClientRect();
    return seen === null ? null : { x: seen.x + left, y: seen.y + top };
  }

  private statistics(): Statistics {
    const { calls, triangles } = this.renderer?.info.render ?? { calls: 0, triangles: 0 };
    return {
      calls,
      triangles,
      frames: this.frames,
      boxes: this.world.boxes,
      labels: this.world.labels,
      scriptMilliseconds: this.milliseconds,
    };
  }
}

const SIDES = ["left", "right", "top", "bottom"] as const;

/** What the panels cover; sheets that leave next to nothing free are read as lying over the scene for a while. */
function readInsets(): Insets {
  const style = getComputedStyle(document.documentElement);
  const read = (side: string) => Number.parseFloat(style.getPropertyValue(`--clear-${side}`)) || 0;
  const [left, right, top, bottom] = [read("left"), read("right"), read("top"), read("bottom")];
  const isWide = left + right <= 0.7 * innerWidth;
  const isHigh = top + bottom <= 0.7 * innerHeight;
  return {
    left: isWide ? left : 0,
    right: isWide ? right : 0,
    top: isHigh ? top : 0,
    bottom: isHigh ? bottom : 0,
  };
}

/** The room that is left between the panels, as a shape on the ground seen from above. */
function frameFor(width: number, height: number, { left, right, top, bottom }: Insets): Frame {
  const shape = Math.max(100, width - left - right) / Math.max(100, height - top - bottom);
  return shape >= 0.85
    ? { aspect: Math.min(3, 0.72 * shape), upright: false }
    : { aspect: Math.min(4, 1.25 / shape), upright: true };
}
