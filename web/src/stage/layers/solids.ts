import { bevelledBox } from "./geometry";
import { Instances, PLACED } from "./instances";
import { Layer } from "./layer";
import { CAMERA, COLOUR, PLACING, ROUNDED } from "./shading";

const VERTEX = /* glsl */ `
  in vec3 corner;
  in vec3 normal;
  in vec4 colour;
  in vec4 look;
  ${CAMERA}
  ${PLACING}
  out vec3 facing;
  out vec3 world;
  out vec3 local;
  out vec3 extent;
  out vec4 tint;
  flat out vec4 style;
  void main() {
    vec3 half_ = sizeNow() * 0.5;
    float bevel = min(0.05, 0.35 * min(half_.x, min(half_.y, half_.z)));
    local = corner * (half_ - bevel * (1.0 - abs(normal)));
    vec3 place = placeNow();
    world = vec3(place.x, place.y + half_.y, place.z) + local;
    facing = normal;
    extent = half_;
    tint = colour;
    style = look;
    gl_Position = projectionMatrix * viewMatrix * vec4(world, 1.0);
  }
`;

/** look: x = pattern (0 plain, 1 lid, 2 slab), y = lightness of hover, z = dimming, w = ghost. */
const FRAGMENT = /* glsl */ `
  precision highp float;
  in vec3 facing;
  in vec3 world;
  in vec3 local;
  in vec3 extent;
  in vec4 tint;
  flat in vec4 style;
  uniform vec3 cameraPosition;
  uniform vec3 backdrop;
  uniform float dark;
  uniform float opacity;
  out vec4 painted;
  ${COLOUR}
  ${ROUNDED}

  float line(float distance_, float width) {
    float soft = fwidth(distance_) * 0.75 + 1e-5;
    return 1.0 - smoothstep(width - soft, width + soft, abs(distance_));
  }

  void main() {
    vec3 normal = normalize(facing);
    vec3 eye = normalize(cameraPosition - world);
    vec3 base = toLinear(tint.rgb);
    bool isSlab = style.x > 1.5;
    float edge = rounded(local.xz, extent.xz, 0.05);
    float top = smoothstep(0.6, 0.95, normal.y);

    if (style.x > 0.5 && !isSlab) {
      float inset = rounded(local.xz, extent.xz - 0.13, 0.05);
      base = mix(base, base * 1.45 + 0.03, top * line(inset, 0.016));
      base *= 1.0 + top * 0.10 * step(inset, 0.0);
    }

    vec3 key = normalize(vec3(0.34, 0.86, 0.52));
    float sky = 0.5 + 0.5 * normal.y;
    float sun = max(dot(normal, key), 0.0);
    vec3 ambient = mix(vec3(0.34, 0.35, 0.42), vec3(0.60, 0.64, 0.72), sky);
    vec3 light = ambient * mix(1.0, 0.84, dark) + vec3(0.62, 0.59, 0.53) * sun;
    float above = local.y + extent.y;
    float contact = mix(0.66, 1.0, smoothstep(0.0, 0.55, above + 0.45 * top));
    vec3 lit = base * light * (isSlab ? 1.0 : contact);

    float shine = pow(max(dot(reflect(-key, normal), eye), 0.0), 24.0);
    float rim = pow(1.0 - max(dot(normal, eye), 0.0), 3.0);
    lit += (isSlab ? 0.25 : 1.0) * (0.10 * shine + 0.05 * rim * mix(0.4, 1.0, dark)) * vec3(0.9, 0.95, 1.0);
    lit = mix(lit, vec3(1.0), 0.20 * style.y);

    float alpha = opacity;
    if (opacity < 1.0) {
      float border = max(line(edge + 0.03, 0.022), 0.0) * top;
      alpha = mix(opacity, 0.9, max(border, rim * 0.8));
    }
    if (isSlab) {
      lit = mix(lit, toLinear(tint.rgb) * 1.5 + 0.02 * dark, 0.45 * line(edge + 0.07, 0.014) * top);
    }
    lit = mix(lit, toLinear(backdrop), style.z);
    painted = vec4(toScreen(lit), alpha);
  }
`;

const COLUMNS = {
  ...PLACED,
  colour: { size: 4, bytes: true },
  look: { size: 4 },
} as const;

export const PLAIN = 0;
export const LID = 1;
export const SLAB_LOOK = 2;

/** Boxes and slabs in one draw call; with an opacity below 1, what is no longer there. */
export class Solids extends Layer {
  readonly rows: Instances<keyof typeof COLUMNS>;

  constructor(opacity: number) {
    const geometry = bevelledBox();
    super(geometry, {
      vertex: VERTEX,
      fragment: FRAGMENT,
      order: opacity < 1 ? 3 : 0,
      opaque: opacity === 1,
      uniforms: { progress: 1, backdrop: [0, 0, 0], dark: 1, opacity },
    });
    this.rows = new Instances(geometry, COLUMNS);
  }

  set progress(share: number) {
    this.tell("progress", share);
  }

  light(backdrop: readonly number[], isDark: boolean): void {
    this.tell("backdrop", backdrop);
    this.tell("dark", isDark ? 1 : 0);
  }
}
