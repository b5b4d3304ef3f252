import type { Tables } from "../document/tables";
import { type Flow, lift } from "./lifting";
import { type Frame, type Layout, reflow } from "./reflow";
import { measure } from "./sizes";
import { type Told, tellFindings } from "./told";
import { type Choice, see, type Visible } from "./visible";

export interface Bounds {
  min: readonly [number, number, number];
  max: readonly [number, number, number];
}

/** All that is drawn for a choice, in world coordinates: x to the right, y up, z to the reader. */
export interface Picture {
  tables: Tables;
  visible: Visible;
  flows: readonly Flow[];
  layout: Layout;
  /** Three numbers a box: the middle of its bottom, and its sizes. */
  places: Float32Array;
  sizes: Float32Array;
  /** By position in `shown`. */
  told: readonly Told[];
}

export function compose(tables: Tables, choice: Choice, frame: Frame): Picture {
  const visible = see(tables, choice);
  const flows = lift(tables, visible);
  const layout = reflow(tables, visible, flows, measure(tables, visible), frame);
  const count = visible.shown.length;
  const places = new Float32Array(3 * count);
  const sizes = new Float32Array(3 * count);
  for (let position = 0; position < count; position += 1) {
    const place = toWorld(layout, layout.u[position]!, layout.y[position]!, layout.v[position]!);
    places.set(place, 3 * position);
    const size = toWorld(layout, layout.length[position]!, layout.height[position]!, layout.width[position]!);
    sizes.set(size, 3 * position);
  }
  const told = visible.shown.map((shown) => tellFindings(tables, shown));
  return { tables, visible, flows, layout, places, sizes, told };
}

/** From along the flow, up and across it to x, y and z. */
export function toWorld({ upright }: Layout, u: number, y: number, v: number): [number, number, number] {
  return upright ? [v, y, u] : [u, y, v];
}

export function boundsOf({ places, sizes, layout }: Picture, position: number): Bounds {
  const [x, y, z] = [places[3 * position]!, places[3 * position + 1]!, places[3 * position + 2]!];
  const [w, d] = [sizes[3 * position]! / 2, sizes[3 * position + 2]! / 2];
  return { min: [x - w, y, z - d], max: [x + w, layout.peak[position]!, z + d] };
}

/** Bounds whose union is that of the whole picture: each box while they are few, else one for all. */
export function outline(picture: Picture): Bounds[] {
  const { shown } = picture.visible;
  const ground = shown.flatMap(({ parent }, position) => (parent < 0 ? [boundsOf(picture, position)] : []));
  const all = [...ground, ...ways(picture)];
  return all.length <= 400 ? all : [enclose(all)];
}

/** Where flows swing out beyond the rows. */
function ways({ layout }: Picture): Bounds[] {
  const { length } = layout.extent;
  return layout.curves.flatMap(({ points }) => {
    const at = bezierMiddle(points);
    if (Math.abs(at[0]) <= length / 2) {
      return [];
    }
    const place = toWorld(layout, ...at);
    return [{ min: place, max: place }];
  });
}

function bezierMiddle(points: readonly number[]): [number, number, number] {
  const along = (axis: number): number =>
    (points[axis]! + 3 * points[3 + axis]! + 3 * points[6 + axis]! + points[9 + axis]!) / 8;
  return [along(0), along(1), along(2)];
}

function enclose(bounds: readonly Bounds[]): Bounds {
  const along = (axis: 0 | 1 | 2) =>
    bounds.reduce(
      ([low, high], { min, max }) =>
        [Math.min(low, min[axis]), Math.max(high, max[axis])] as [number, number],
      [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY] as [number, number],
    );
  const [x, y, z] = [along(0), along(1), along(2)];
  return { min: [x[0], y[0], z[0]], max: [x[1], y[1], z[1]] };
}
