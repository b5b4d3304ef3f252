import { ribbon } from "./geometry";
import { Instances } from "./instances";
import { Layer } from "./layer";
import { CAMERA } from "./shading";

const SEGMENTS = 20;

/** stroke: width in world units, 1 where the flow ends, 1 where it is noted. */
const VERTEX = /* glsl */ `
  in vec3 way;
  in vec3 p0;
  in vec3 p1;
  in vec3 p2;
  in vec3 p3;
  in vec4 colour;
  in vec3 stroke;
  ${CAMERA}
  uniform float pixel;
  uniform float dim;
  out vec4 tint;
  out float side;
  vec3 curve(float t) {
    float s = 1.0 - t;
    return s * s * s * p0 + 3.0 * s * s * t * p1 + 3.0 * s * t * t * p2 + t * t * t * p3;
  }
  vec3 tangent(float t) {
    float s = 1.0 - t;
    vec3 along = 3.0 * s * s * (p1 - p0) + 6.0 * s * t * (p2 - p1) + 3.0 * t * t * (p3 - p2);
    return along / max(length(along), 1e-5);
  }
  void main() {
    float chord = length(p1 - p0) + length(p2 - p1) + length(p3 - p2);
    float t0 = way.x;
    vec3 tip = curve(1.0);
    float away = length(cameraPosition - tip);
    float thick = max(stroke.x, 1.8 * pixel * away);
    float head = stroke.y > 0.5 ? min(0.4 * chord, 2.1 * thick + 0.06) : 0.0;
    float stop = 1.0 - head / max(chord, 1e-4);
    float t = way.z < 0.5 ? t0 * stop : (way.z < 1.5 ? stop : 1.0);
    float broad = way.z < 0.5 ? 0.5 * thick : (way.z < 1.5 && stroke.y > 0.5 ? 1.35 * thick : 0.0);
    vec3 at = curve(t);
    vec3 eye = normalize(cameraPosition - at);
    vec3 sideways = cross(tangent(t), eye);
    at += sideways / max(length(sideways), 1e-4) * broad * way.y;
    side = way.z < 0.5 ? way.y : 0.0;
    tint = vec4(colour.rgb, colour.a * (stroke.z > 0.5 ? 1.0 : dim));
    gl_Position = projectionMatrix * viewMatrix * vec4(at, 1.0);
    gl_Position.z -= 0.00012 * gl_Position.w;
  }
`;

const FRAGMENT = /* glsl */ `
  precision highp float;
  in vec4 tint;
  in float side;
  uniform float fade;
  out vec4 painted;
  void main() {
    float soft = fwidth(side) * 1.2 + 1e-5;
    float alpha = 1.0 - smoothstep(1.0 - soft, 1.0, abs(side)) * 0.7;
    painted = vec4(tint.rgb, tint.a * alpha * fade);
  }
`;

const COLUMNS = {
  p0: { size: 3 },
  p1: { size: 3 },
  p2: { size: 3 },
  p3: { size: 3 },
  colour: { size: 4, bytes: true },
  stroke: { size: 3 },
} as const;

/** All flows as ribbons that turn to the reader, in one draw call. */
export class Flows extends Layer {
  readonly rows: Instances<keyof typeof COLUMNS>;

  constructor() {
    const geometry = ribbon(SEGMENTS);
    super(geometry, {
      vertex: VERTEX,
      fragment: FRAGMENT,
      order: 2,
      flat: true,
      uniforms: { pixel: 0.001, fade: 1, dim: 1 },
    });
    this.rows = new Instances(geometry, COLUMNS);
  }

  /** World units that one CSS pixel covers at a distance of one. */
  set pixel(size: number) {
    this.tell("pixel", size);
  }

  /** How much is left of the flows that are not noted. */
  set dim(share: number) {
    this.tell("dim", share);
  }

  set fade(share: number) {
    this.tell("fade", share);
  }
}
