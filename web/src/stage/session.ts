import { Color, type PerspectiveCamera, type Scene, type WebGLRenderer } from "three";
import type { BoxId } from "../document/model";
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
    Object.assign(window.visunn, {
      project: (box: BoxId) => this.project(box),
      statistics: () => this.statistics(),
    });
    invalidate();
    return () => {
      unsubscribe();
      document.removeEventListener("visibilitychange", wake);
    };
  }

  resize(width: number, height: number): void {
    this.world.rig.resize(width, height, readInsets());
    this.world.resize(width, height);
    const next = frameFor(width, height, readInsets());
    if (next.upright !== this.frame.upright || Math.abs(Math.log(next.aspect / this.frame.aspect)) > 0.4) {
      this.frame = next;
      this.drawn = null;
    }
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
      scene.background = new Color(scene.userData.background as string);
    }
    if (before === null || before.camera.turn !== view.camera.turn || before.tables !== view.tables) {
      this.world.rig.resize(this.world.rig.width, this.world.rig.height, readInsets());
      this.director.follow(view.camera, before === null || before.tables !== view.tables);
    }
    this.drawn = view;
  }

  private hold(): void {
    this.director.release();
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

function readInsets(): Insets {
  const style = getComputedStyle(document.documentElement);
  const read = (side: string) => Number.parseFloat(style.getPropertyValue(`--clear-${side}`)) || 0;
  return { left: read("left"), right: read("right"), top: read("top"), bottom: read("bottom") };
}

/** The room that is left between the panels, as a shape on the ground seen from above. */
function frameFor(width: number, height: number, { left, right, top, bottom }: Insets): Frame {
  const shape = Math.max(100, width - left - right) / Math.max(100, height - top - bottom);
  return shape >= 0.85
    ? { aspect: Math.min(3, 1.1 * shape), upright: false }
    : { aspect: Math.min(4, 1.25 / shape), upright: true };
}
