import type { Texture } from "three";
import { square } from "./geometry";
import { Instances } from "./instances";
import { Layer } from "./layer";
import { CAMERA } from "./shading";

/** `across` and `down` are world vectors of a letter on the ground, or zero for one that faces the reader. */
const VERTEX = /* glsl */ `
  in vec2 corner;
  in vec3 anchor;
  in vec3 across;
  in vec3 down;
  in vec4 box;
  in vec4 uv;
  in vec4 colour;
  in vec4 halo;
  ${CAMERA}
  uniform vec2 screen;
  uniform float density;
  out vec2 at;
  out vec4 ink;
  out vec4 paper;
  void main() {
    vec2 share = corner * 0.5 + 0.5;
    vec2 offset = box.xy + share * box.zw;
    at = uv.xy + share * uv.zw;
    ink = colour;
    paper = halo;
    if (dot(across, across) > 0.0) {
      gl_Position = projectionMatrix * viewMatrix * vec4(anchor + across * offset.x + down * offset.y, 1.0);
      gl_Position.z -= 0.0002 * gl_Position.w;
      return;
    }
    vec4 place = projectionMatrix * viewMatrix * vec4(anchor, 1.0);
    vec2 pixel = (place.xy / place.w * 0.5 + 0.5) * screen;
    pixel = (floor(pixel * density) + floor(vec2(offset.x, -offset.y) * density + 0.5)) / density;
    gl_Position = vec4((pixel / screen * 2.0 - 1.0), -0.9999, 1.0);
  }
`;

const FRAGMENT = /* glsl */ `
  precision highp float;
  in vec2 at;
  in vec4 ink;
  in vec4 paper;
  uniform sampler2D letters;
  out vec4 painted;
  void main() {
    vec2 drawn = texture(letters, at).rg;
    float letter = drawn.r * ink.a;
    float around = drawn.g * paper.a;
    float alpha = max(letter, around);
    if (alpha < 0.004) discard;
    painted = vec4(mix(paper.rgb, ink.rgb, letter / max(alpha, 1e-4)), alpha);
  }
`;

const COLUMNS = {
  anchor: { size: 3 },
  across: { size: 3 },
  down: { size: 3 },
  box: { size: 4 },
  uv: { size: 4 },
  colour: { size: 4, bytes: true },
  halo: { size: 4, bytes: true },
} as const;

/** All text and signs, one square a letter, in one draw call. */
export class Letters extends Layer {
  readonly rows: Instances<keyof typeof COLUMNS>;

  constructor(texture: Texture) {
    const geometry = square();
    super(geometry, {
      vertex: VERTEX,
      fragment: FRAGMENT,
      order: 4,
      flat: true,
      uniforms: { letters: texture, screen: [1, 1], density: 1 },
    });
    this.rows = new Instances(geometry, COLUMNS);
  }

  resize(width: number, height: number, density: number): void {
    this.tell("screen", [width, height]);
    this.tell("density", density);
  }

  send(): void {
    this.rows.send("anchor", "across", "down", "box", "uv", "colour", "halo");
  }
}
