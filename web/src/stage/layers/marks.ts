import { square } from "./geometry";
import { Instances, PLACED } from "./instances";
import { Layer } from "./layer";
import { CAMERA, PLACING, ROUNDED } from "./shading";

const VERTEX = /* glsl */ `
  in vec2 corner;
  in vec4 colour;
  in vec2 shape;
  ${CAMERA}
  ${PLACING}
  out vec2 at;
  out vec2 extent;
  out vec4 tint;
  flat out vec2 kind;
  void main() {
    vec3 size = sizeNow();
    extent = size.xz * 0.5;
    at = corner * (extent + shape.y * 2.2);
    tint = colour;
    kind = shape;
    vec3 place = placeNow();
    gl_Position = projectionMatrix * viewMatrix * vec4(place.x + at.x, place.y + 0.012, place.z + at.y, 1.0);
    gl_Position.z -= 0.00006 * gl_Position.w;
  }
`;

/** shape: x = 0 shadow, 1 glow, 2 ring; y = how far it reaches, in world units. */
const FRAGMENT = /* glsl */ `
  precision highp float;
  in vec2 at;
  in vec2 extent;
  in vec4 tint;
  flat in vec2 kind;
  out vec4 painted;
  ${ROUNDED}
  void main() {
    float reach = kind.y;
    float alpha;
    if (kind.x < 0.5) {
      float distance_ = rounded(at - vec2(0.10, -0.05), extent, 0.06);
      alpha = 1.0 - smoothstep(-0.5 * reach, 1.6 * reach, distance_);
      alpha *= alpha;
    } else if (kind.x < 1.5) {
      float distance_ = rounded(at, extent, 0.08);
      alpha = exp(-3.2 * max(distance_, 0.0) / reach) * (1.0 - smoothstep(1.6 * reach, 2.2 * reach, distance_));
    } else {
      float distance_ = rounded(at, extent + 0.10, 0.10);
      float soft = fwidth(distance_);
      alpha = 1.0 - smoothstep(0.045 - soft, 0.045 + soft, abs(distance_));
    }
    painted = vec4(tint.rgb, tint.a * alpha);
  }
`;

const COLUMNS = {
  ...PLACED,
  colour: { size: 4, bytes: true },
  shape: { size: 2 },
} as const;

export const SHADOW = 0;
export const GLOW = 1;
export const RING = 2;

/** What lies on the ground around boxes: soft shadows, halos and rings, in one draw call. */
export class Marks extends Layer {
  readonly rows: Instances<keyof typeof COLUMNS>;

  constructor() {
    const geometry = square();
    super(geometry, {
      vertex: VERTEX,
      fragment: FRAGMENT,
      order: 1,
      flat: true,
      uniforms: { progress: 1 },
    });
    this.rows = new Instances(geometry, COLUMNS);
  }

  set progress(share: number) {
    this.tell("progress", share);
  }
}
