import type { Pose } from "./rig";

const MILLISECONDS = 650;

/** A way from one pose to another, slow at both ends. */
export class Flight {
  private readonly start = performance.now();

  constructor(
    private readonly from: Pose,
    private readonly to: Pose,
    private readonly lasts = MILLISECONDS,
  ) {}

  /** The pose at a time, and whether it is the last. */
  at(now: number): { pose: Pose; isOver: boolean } {
    const share = this.lasts === 0 ? 1 : Math.min(1, (now - this.start) / this.lasts);
    const eased = ease(share);
    const mix = (a: number, b: number): number => a + (b - a) * eased;
    const { from, to } = this;
    const turn = Math.atan2(Math.sin(to.azimuth - from.azimuth), Math.cos(to.azimuth - from.azimuth));
    return {
      pose: {
        target: [
          mix(from.target[0], to.target[0]),
          mix(from.target[1], to.target[1]),
          mix(from.target[2], to.target[2]),
        ],
        azimuth: from.azimuth + turn * eased,
        elevation: mix(from.elevation, to.elevation),
        distance: Math.exp(mix(Math.log(from.distance), Math.log(to.distance))),
      },
      isOver: share >= 1,
    };
  }
}

export function ease(share: number): number {
  return share * share * (3 - 2 * share);
}
