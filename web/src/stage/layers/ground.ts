import { square } from "./geometry";
import { Layer } from "./layer";
import { CAMERA } from "./shading";

const VERTEX = /* glsl */ `
  in vec2 corner;
  ${CAMERA}
  uniform vec2 centre;
  uniform vec2 extent;
  out vec2 at;
  out vec2 share;
  void main() {
    share = corner;
    at = centre + corner * extent;
    gl_Position = projectionMatrix * viewMatrix * vec4(at.x, -0.02, at.y, 1.0);
  }
`;

/** A pool of light that the model stands in, with a grid of dots that goes out towards its rim. */
const FRAGMENT = /* glsl */ `
  precision highp float;
  in vec2 at;
  in vec2 share;
  uniform vec3 ground;
  uniform vec3 ink;
  out vec4 painted;
  void main() {
    float pool = 1.0 - smoothstep(0.15, 1.0, length(share));
    vec2 cell = (fract(at) - 0.5);
    float soft = length(fwidth(at));
    float dot_ = (1.0 - smoothstep(0.018, 0.018 + soft * 1.5, length(cell))) * (1.0 - smoothstep(0.05, 0.22, soft));
    vec3 colour = mix(ground, ink, 0.26 * dot_);
    painted = vec4(colour, pool * (0.9 + 0.1 * dot_));
  }
`;

export class Ground extends Layer {
  constructor() {
    const geometry = square();
    geometry.instanceCount = 1;
    super(geometry, {
      vertex: VERTEX,
      fragment: FRAGMENT,
      order: -1,
      flat: true,
      uniforms: { centre: [0, 0], extent: [10, 10], ground: [0, 0, 0], ink: [1, 1, 1] },
    });
  }

  lie(width: number, depth: number): void {
    this.tell("extent", [width, depth]);
  }

  paint(ground: readonly number[], ink: readonly number[]): void {
    this.tell("ground", ground);
    this.tell("ink", ink);
  }
}
