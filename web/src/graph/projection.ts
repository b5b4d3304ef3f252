/** A parallel projection from the left and above: x and z lie on the ground, y is up. Pixels grow to the right and down. */
export type Point = readonly [x: number, y: number];

export const PIXELS_PER_UNIT = 34;
const AZIMUTH = -0.3;
const ELEVATION = 0.74;
const [SIN, COS] = [Math.sin(AZIMUTH), Math.cos(AZIMUTH)];
const [RISE, FLAT] = [Math.cos(ELEVATION), Math.sin(ELEVATION)];

export function project(x: number, y: number, z: number): Point {
  return [PIXELS_PER_UNIT * (x * COS - z * SIN), PIXELS_PER_UNIT * ((x * SIN + z * COS) * FLAT - y * RISE)];
}

/** How near a place on the ground is to the reader, to draw what is far first. */
export function nearness(x: number, z: number): number {
  return x * SIN + z * COS;
}

/** The transform that lays text on the ground, its line along x. */
export function groundTransform([x, y]: Point, scale: number): string {
  const along = project(1, 0, 0);
  const down = project(0, 0, 1);
  const parts = [along[0], along[1], down[0], down[1]].map((part) => (part * scale) / PIXELS_PER_UNIT);
  return `matrix(${[...parts, x, y].map(round).join(" ")})`;
}

export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
