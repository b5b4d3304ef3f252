import { Matrix4, PerspectiveCamera, Vector3 } from "three";
import type { Bounds } from "../../graph/picture";

/** Where the camera looks from and at. Angles in radians; at 0 it looks along −z, level. */
export interface Pose {
  target: readonly [x: number, y: number, z: number];
  azimuth: number;
  elevation: number;
  distance: number;
}

/** Pixels at the sides of the canvas that panels cover. */
export interface Insets {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export const FIELD = 28;
const LOWEST = 0.08;
const HIGHEST = Math.PI / 2 - 0.02;
/** Pixels kept free around a fitted model; names stick out at the sides. */
const MARGIN = { side: 46, end: 26 };

/** The camera on its arm: turns about a target that lies in the middle of what the panels leave free. */
export class Rig {
  readonly camera = new PerspectiveCamera(FIELD, 1, 0.1, 1000);
  pose: Pose = { target: [0, 0, 0], azimuth: -0.5, elevation: 0.62, distance: 20 };
  private size = { width: 1, height: 1 };
  private insets: Insets = { left: 0, right: 0, top: 0, bottom: 0 };
  private readonly toScreen = new Matrix4();
  private reach = 100;

  resize(width: number, height: number, insets: Insets): void {
    this.size = { width: Math.max(1, width), height: Math.max(1, height) };
    this.insets = insets;
    this.apply();
  }

  /** How far the scene goes from the origin, for the planes beyond which nothing is drawn. */
  set sceneRadius(radius: number) {
    this.reach = radius;
    this.apply();
  }

  get width(): number {
    return this.size.width;
  }

  get height(): number {
    return this.size.height;
  }

  /** World units that a CSS pixel covers at a distance of one. */
  get pixel(): number {
    return (2 * Math.tan((FIELD * Math.PI) / 360)) / this.size.height;
  }

  move(pose: Partial<Pose>): void {
    const next = { ...this.pose, ...pose };
    next.elevation = Math.min(HIGHEST, Math.max(LOWEST, next.elevation));
    next.distance = Math.min(8 * this.reach + 40, Math.max(1.2, next.distance));
    this.pose = next;
    this.apply();
  }

  rotate(dx: number, dy: number): void {
    this.move({ azimuth: this.pose.azimuth - dx * 0.0065, elevation: this.pose.elevation + dy * 0.0055 });
  }

  /** Moves the target so that the ground follows the pointer by so many pixels. */
  pan(dx: number, dy: number): void {
    const { azimuth, elevation, distance, target } = this.pose;
    const unit = this.pixel * distance;
    const across = -dx * unit;
    const along = (-dy * unit) / Math.max(0.35, Math.sin(elevation));
    const sin = Math.sin(azimuth);
    const cos = Math.cos(azimuth);
    this.move({
      target: [target[0] + across * cos + along * sin, target[1], target[2] - across * sin + along * cos],
    });
  }

  /** Closer by a factor below 1, towards the point of the ground under a pixel. */
  zoom(factor: number, x: number, y: number): void {
    const { distance, target } = this.pose;
    const under = this.groundAt(x, y);
    const next = Math.min(8 * this.reach + 40, Math.max(1.2, distance * factor));
    const share = under === null ? 0 : 1 - next / distance;
    const towards = (axis: 0 | 2): number =>
      target[axis] + share * Math.max(-distance, Math.min(distance, (under?.[axis] ?? 0) - target[axis]));
    this.move({ distance: next, target: [towards(0), target[1], towards(2)] });
  }

  /** The ray through a pixel. */
  rayAt(x: number, y: number): { origin: Vector3; direction: Vector3 } {
    const at = new Vector3((x / this.size.width) * 2 - 1, 1 - (y / this.size.height) * 2, 0.5);
    const origin = this.camera.position.clone();
    return { origin, direction: at.unproject(this.camera).sub(origin).normalize() };
  }

  /** The pixel of a point and how far away it is, null behind the camera. Called for every box of every frame. */
  project(x: number, y: number, z: number): { x: number; y: number; away: number } | null {
    const m = this.toScreen.elements;
    const away = m[3]! * x + m[7]! * y + m[11]! * z + m[15]!;
    if (away <= this.camera.near) {
      return null;
    }
    const across = (m[0]! * x + m[4]! * y + m[8]! * z + m[12]!) / away;
    const up = (m[1]! * x + m[5]! * y + m[9]! * z + m[13]!) / away;
    return { x: ((across + 1) / 2) * this.size.width, y: ((1 - up) / 2) * this.size.height, away };
  }

  /** Whether something of a size at a point is on the screen and at least so many pixels large; makes no garbage. */
  sees(x: number, y: number, z: number, size: number, pixels: number): boolean {
    const m = this.toScreen.elements;
    const away = m[3]! * x + m[7]! * y + m[11]! * z + m[15]!;
    if (away <= this.camera.near || size < pixels * this.pixel * away) {
      return false;
    }
    const across = m[0]! * x + m[4]! * y + m[8]! * z + m[12]!;
    const up = m[1]! * x + m[5]! * y + m[9]! * z + m[13]!;
    return Math.abs(across) < 1.08 * away && Math.abs(up) < 1.08 * away;
  }

  /** A pose from which all the boxes are seen, in the middle of the free part of the canvas. */
  fit(boxes: readonly Bounds[], azimuth: number, elevation: number): Pose {
    const { free, tanX, tanY } = this.freeTangents();
    const axes = axesOf(azimuth, elevation);
    const points = boxes.flatMap(cornersOf);
    if (points.length === 0 || free <= 0) {
      return { ...this.pose, azimuth, elevation };
    }
    let target: [number, number, number] = middle(points);
    let distance = 1;
    for (let round = 0; round < 8; round += 1) {
      const seen = points.map((point) => inAxes(point, target, axes));
      distance = seen.reduce(
        (most, [right, up, near]) =>
          Math.max(most, Math.abs(right) / tanX + near, Math.abs(up) / tanY + near),
        1.2,
      );
      const spread = (axis: 0 | 1): number => {
        const at = seen.map((point) => point[axis] / (distance - point[2]));
        return ((Math.min(...at) + Math.max(...at)) / 2) * distance;
      };
      target = shift(target, axes.right, spread(0));
      target = shift(target, axes.up, spread(1));
    }
    return { target, azimuth, elevation, distance };
  }

  private freeTangents(): { free: number; tanX: number; tanY: number } {
    const { left, right, top, bottom } = this.insets;
    const half = Math.tan((FIELD * Math.PI) / 360);
    const width = Math.max(80, this.size.width - left - right - 2 * MARGIN.side);
    const height = Math.max(80, this.size.height - top - bottom - 2 * MARGIN.end);
    return {
      free: Math.min(width, height),
      tanX: (half * width) / this.size.height,
      tanY: (half * height) / this.size.height,
    };
  }

  private groundAt(x: number, y: number): [number, number, number] | null {
    const { origin, direction } = this.rayAt(x, y);
    if (direction.y > -1e-3) {
      return null;
    }
    const far = -origin.y / direction.y;
    return [origin.x + far * direction.x, 0, origin.z + far * direction.z];
  }

  private apply(): void {
    const { camera, pose, size, insets } = this;
    const { target, azimuth, elevation, distance } = pose;
    const level = Math.cos(elevation) * distance;
    camera.aspect = size.width / size.height;
    camera.near = Math.max(0.05, distance * 0.02, distance - this.reach * 2.5);
    camera.far = distance + this.reach * 6 + 50;
    camera.position.set(
      target[0] + Math.sin(azimuth) * level,
      target[1] + Math.sin(elevation) * distance,
      target[2] + Math.cos(azimuth) * level,
    );
    camera.up.set(0, 1, 0);
    camera.lookAt(target[0], target[1], target[2]);
    const dx = (insets.right - insets.left) / 2;
    const dy = (insets.bottom - insets.top) / 2;
    camera.setViewOffset(size.width, size.height, dx, dy, size.width, size.height);
    camera.updateMatrixWorld();
    this.toScreen.multiplyMatrices(camera.projectionMatrix, camera.matrixWorldInverse);
  }
}

interface Axes {
  right: readonly [number, number, number];
  up: readonly [number, number, number];
  back: readonly [number, number, number];
}

function axesOf(azimuth: number, elevation: number): Axes {
  const [sa, ca, se, ce] = [Math.sin(azimuth), Math.cos(azimuth), Math.sin(elevation), Math.cos(elevation)];
  return { right: [ca, 0, -sa], up: [-sa * se, ce, -ca * se], back: [sa * ce, se, ca * ce] };
}

type Triple = readonly [number, number, number];

function inAxes(point: Triple, target: Triple, { right, up, back }: Axes): Triple {
  const [x, y, z] = [point[0] - target[0], point[1] - target[1], point[2] - target[2]];
  const along = (axis: Triple): number => x * axis[0] + y * axis[1] + z * axis[2];
  return [along(right), along(up), along(back)];
}

function shift(at: Triple, axis: Triple, by: number): [number, number, number] {
  return [at[0] + axis[0] * by, at[1] + axis[1] * by, at[2] + axis[2] * by];
}

function middle(points: readonly Triple[]): [number, number, number] {
  const along = (axis: 0 | 1 | 2): number => {
    const at = points.map((point) => point[axis]);
    return (at.reduce((a, b) => Math.min(a, b)) + at.reduce((a, b) => Math.max(a, b))) / 2;
  };
  return [along(0), along(1), along(2)];
}

function cornersOf({ min, max }: Bounds): Triple[] {
  return Array.from({ length: 8 }, (_, corner) => [
    corner & 1 ? max[0] : min[0],
    corner & 2 ? max[1] : min[1],
    corner & 4 ? max[2] : min[2],
  ]);
}
