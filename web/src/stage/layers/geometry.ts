import { BufferAttribute, InstancedBufferGeometry } from "three";

type Axis = 0 | 1 | 2;

/**
 * A box with bevelled edges and no bottom, 30 triangles. `corner` holds signs: the shader sets the corners apart by the
 * size of an instance, so that bevels are as wide on small boxes as on large ones. Normals are those of the
 * faces, which makes the bevels look round.
 */
export function bevelledBox(): InstancedBufferGeometry {
  const corners: number[] = [];
  const normals: number[] = [];
  const triangles: number[] = [];
  const index = (corner: number, axis: Axis): number => corner * 3 + axis;
  for (let corner = 0; corner < 8; corner += 1) {
    for (const axis of [0, 1, 2] as const) {
      corners.push(...signsOf(corner));
      normals.push(...signsOf(corner).map((sign, other) => (other === axis ? sign : 0)));
    }
  }
  const add = (a: number, b: number, c: number, outward: readonly number[]): void => {
    triangles.push(...(facesOut(corners, normals, [a, b, c], outward) ? [a, b, c] : [a, c, b]));
  };
  for (const axis of [0, 1, 2] as const) {
    const [p, q] = [0, 1, 2].filter((other) => other !== axis) as [Axis, Axis];
    for (const side of axis === 1 ? [1] : [0, 1]) {
      const [a, b, c, d] = quad(axis, p, q, side).map((corner) => index(corner, axis)) as Quad;
      const outward = unit(axis, side === 1 ? 1 : -1);
      add(a, b, c, outward);
      add(a, c, d, outward);
    }
    for (const [first, second] of [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ] as const) {
      const low = (first << p) | (second << q);
      const high = low | (1 << axis);
      if (isBottom(low) && isBottom(high)) {
        continue;
      }
      const outward = [0, 0, 0];
      outward[p] = first === 1 ? 1 : -1;
      outward[q] = second === 1 ? 1 : -1;
      add(index(low, p), index(low, q), index(high, q), outward);
      add(index(low, p), index(high, q), index(high, p), outward);
    }
  }
  for (let corner = 0; corner < 8; corner += 1) {
    if (!isBottom(corner)) {
      add(index(corner, 0), index(corner, 1), index(corner, 2), signsOf(corner));
    }
  }
  const geometry = new InstancedBufferGeometry();
  geometry.setAttribute("corner", new BufferAttribute(new Float32Array(corners), 3));
  geometry.setAttribute("normal", new BufferAttribute(new Float32Array(normals), 3));
  geometry.setIndex(triangles);
  return geometry;
}

type Quad = [number, number, number, number];

function isBottom(corner: number): boolean {
  return (corner & 2) === 0;
}

function signsOf(corner: number): [number, number, number] {
  return [corner & 1 ? 1 : -1, corner & 2 ? 1 : -1, corner & 4 ? 1 : -1];
}

function unit(axis: Axis, sign: number): number[] {
  return [0, 1, 2].map((other) => (other === axis ? sign : 0));
}

function quad(axis: Axis, p: Axis, q: Axis, side: number): Quad {
  const base = side << axis;
  return [base, base | (1 << p), base | (1 << p) | (1 << q), base | (1 << q)];
}

function facesOut(
  corners: readonly number[],
  normals: readonly number[],
  [a, b, c]: readonly [number, number, number],
  outward: readonly number[],
): boolean {
  const at = (vertex: number, axis: number) =>
    corners[vertex * 3 + axis]! * (1 + 0.2 * Math.abs(normals[vertex * 3 + axis]!));
  const edge = (from: number, to: number) =>
    [0, 1, 2].map((axis) => at(to, axis) - at(from, axis)) as [number, number, number];
  const [x, y, z] = edge(a, b);
  const [r, s, t] = edge(a, c);
  const cross = [y * t - z * s, z * r - x * t, x * s - y * r];
  return cross.reduce((sum, part, axis) => sum + part * outward[axis]!, 0) > 0;
}

/** A strip along a curve: `along` from 0 to 1 and `side` −1 or 1, with a head of an arrow at its end. */
export function ribbon(segments: number): InstancedBufferGeometry {
  const vertices: number[] = [];
  const triangles: number[] = [];
  for (let step = 0; step <= segments; step += 1) {
    vertices.push(step / segments, -1, 0, step / segments, 1, 0);
  }
  const body = vertices.length / 3;
  for (let step = 0; step < segments; step += 1) {
    const at = step * 2;
    triangles.push(at, at + 1, at + 2, at + 1, at + 3, at + 2);
  }
  vertices.push(1, -1, 1, 1, 1, 1, 1, 0, 2);
  triangles.push(body, body + 1, body + 2);
  const geometry = new InstancedBufferGeometry();
  geometry.setAttribute("way", new BufferAttribute(new Float32Array(vertices), 3));
  geometry.setIndex(triangles);
  return geometry;
}

/** A square from −1 to 1. */
export function square(): InstancedBufferGeometry {
  const geometry = new InstancedBufferGeometry();
  geometry.setAttribute("corner", new BufferAttribute(new Float32Array([-1, -1, 1, -1, 1, 1, -1, 1]), 2));
  geometry.setIndex([0, 1, 2, 0, 2, 3]);
  return geometry;
}
