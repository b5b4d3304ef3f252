import { boundsOf, type Picture } from "../graph/picture";

interface Point {
  x: number;
  y: number;
  z: number;
}

const CELL = 4;

/** Finds the box under a ray, through a grid over the ground: a ray crosses few cells, however many boxes there are. */
export class Picker {
  private readonly cells = new Map<number, number[]>();
  private readonly top: number;

  constructor(private readonly picture: Picture) {
    this.top = picture.layout.extent.height;
    picture.visible.shown.forEach((_, position) => {
      const { min, max } = boundsOf(picture, position);
      for (let x = cellOf(min[0]); x <= cellOf(max[0]); x += 1) {
        for (let z = cellOf(min[2]); z <= cellOf(max[2]); z += 1) {
          const cell = this.cells.get(keyOf(x, z));
          if (cell === undefined) {
            this.cells.set(keyOf(x, z), [position]);
          } else {
            cell.push(position);
          }
        }
      }
    });
  }

  /** The position in `shown` of the first box that the ray meets, -1 for none. */
  pick(origin: Point, direction: Point): number {
    if (direction.y >= -1e-6) {
      return this.scan(origin, direction, 0, 400);
    }
    const enter = Math.max(0, (this.top - origin.y) / direction.y);
    const leave = -origin.y / direction.y;
    return leave < 0 ? -1 : this.scan(origin, direction, enter, leave);
  }

  private scan(origin: Point, direction: Point, enter: number, leave: number): number {
    const level = Math.hypot(direction.x, direction.z);
    const steps = Math.min(2000, Math.ceil(((leave - enter) * level) / (CELL / 2)) + 1);
    let nearest = Number.POSITIVE_INFINITY;
    let found = -1;
    let last = Number.NaN;
    for (let step = 0; step <= steps; step += 1) {
      const t = enter + ((leave - enter) * step) / steps;
      const x = cellOf(origin.x + t * direction.x);
      const z = cellOf(origin.z + t * direction.z);
      if (keyOf(x, z) === last) {
        continue;
      }
      last = keyOf(x, z);
      for (let dx = -1; dx <= 1; dx += 1) {
        for (let dz = -1; dz <= 1; dz += 1) {
          for (const position of this.cells.get(keyOf(x + dx, z + dz)) ?? []) {
            const distance = this.meet(position, origin, direction);
            if (distance < nearest) {
              nearest = distance;
              found = position;
            }
          }
        }
      }
    }
    return found;
  }

  /** How far along the ray it enters a box, infinity where it misses. */
  private meet(position: number, origin: Point, direction: Point): number {
    const { places, sizes } = this.picture;
    let enter = 0;
    let leave = Number.POSITIVE_INFINITY;
    for (let axis = 0; axis < 3; axis += 1) {
      const from = axis === 0 ? origin.x : axis === 1 ? origin.y : origin.z;
      const by = axis === 0 ? direction.x : axis === 1 ? direction.y : direction.z;
      const size = sizes[3 * position + axis]!;
      const low = places[3 * position + axis]! - (axis === 1 ? 0 : size / 2);
      const a = (low - from) / by;
      const b = (low + size - from) / by;
      enter = Math.max(enter, Math.min(a, b));
      leave = Math.min(leave, Math.max(a, b));
    }
    return enter <= leave ? enter : Number.POSITIVE_INFINITY;
  }
}

function cellOf(coordinate: number): number {
  return Math.floor(coordinate / CELL);
}

function keyOf(x: number, z: number): number {
  return x * 1_000_003 + z;
}
