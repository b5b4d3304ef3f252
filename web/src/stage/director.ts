import type { BoxId } from "../document/model";
import type { Bounds } from "../graph/picture";
import type { CameraRequest } from "../state/store";
import { Flight } from "./camera/flight";
import type { Pose } from "./camera/rig";
import type { World } from "./world";

/** The look of an engineer's model on a table: from the left and above, so that the flow runs into the depth. */
export const HOME = {
  landscape: { azimuth: -0.25, elevation: 0.78 },
  portrait: { azimuth: 0.12, elevation: 1 },
} as const;

/** A model of two boxes is not blown up to fill the screen. */
const NEAREST = 19;
const SWAY = 0.42;
const SWAY_SECONDS = 36;

/** Moves the camera when nobody holds it: to where the page asks, and gently around the model until the first drag. */
export class Director {
  private flight: Flight | null = null;
  private swayedAt = 0;
  private phase = 0;
  private restAzimuth: number = HOME.landscape.azimuth;

  constructor(
    private readonly world: World,
    private readonly isCalm: () => boolean,
  ) {}

  /** Goes where a request says; at once where nothing was seen before or motion is not wanted. */
  follow({ kind, box }: CameraRequest, isFirst: boolean): void {
    const pose = this.poseFor(kind, box);
    if (pose === null) {
      return;
    }
    if (isFirst || this.isCalm()) {
      this.flight = null;
      this.world.rig.move(pose);
    } else {
      this.flight = new Flight(this.world.rig.pose, pose);
    }
    this.restAzimuth = pose.azimuth;
    this.phase = 0;
  }

  release(): void {
    this.flight = null;
  }

  /** Moves the camera for a frame and tells whether another must follow. */
  advance(now: number, isSpinning: boolean): boolean {
    if (this.flight !== null) {
      const { pose, isOver } = this.flight.at(now);
      this.world.rig.move(pose);
      this.flight = isOver ? null : this.flight;
      this.swayedAt = now;
      return !isOver || isSpinning;
    }
    if (!isSpinning) {
      this.swayedAt = 0;
      return false;
    }
    const elapsed = this.swayedAt === 0 ? 0 : Math.min(100, now - this.swayedAt);
    this.swayedAt = now;
    this.phase += (elapsed / 1000 / SWAY_SECONDS) * 2 * Math.PI;
    this.world.rig.move({ azimuth: this.restAzimuth + SWAY * Math.sin(this.phase) });
    return true;
  }

  private poseFor(kind: CameraRequest["kind"], box: BoxId | null): Pose | null {
    const { rig } = this.world;
    const home = this.world.picture?.layout.upright ? HOME.portrait : HOME.landscape;
    const all = this.world.outline();
    if (all.length === 0) {
      return null;
    }
    if (kind === "rotation") {
      return { ...rig.pose, ...home };
    }
    const one = kind === "fly" && box !== null ? this.world.boundsOf(box) : null;
    if (one === null) {
      const { azimuth, elevation } = kind === "position" ? rig.pose : home;
      const pose = rig.fit(all, azimuth, elevation);
      return { ...pose, distance: Math.max(pose.distance, NEAREST) };
    }
    return rig.fit([widen(one)], rig.pose.azimuth, rig.pose.elevation);
  }
}

/** A box with some of what stands around it. */
function widen({ min, max }: Bounds): Bounds {
  const room = (axis: 0 | 1 | 2) => Math.max(axis === 1 ? 0.3 : 2.5, 0.35 * (max[axis] - min[axis]));
  return {
    min: [min[0] - room(0), min[1], min[2] - room(2)],
    max: [max[0] + room(0), max[1] + room(1), max[2] + room(2)],
  };
}
