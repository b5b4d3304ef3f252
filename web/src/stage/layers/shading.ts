/** GLSL that several layers share. Colours are sRGB in attributes, linear while they are lit. */

/** Where an instance stands while the layout moves from one arrangement to the next. */
export const PLACING = /* glsl */ `
  in vec3 fromPlace;
  in vec3 fromSize;
  in vec3 toPlace;
  in vec3 toSize;
  uniform float progress;
  vec3 placeNow() { return mix(fromPlace, toPlace, progress); }
  vec3 sizeNow() { return mix(fromSize, toSize, progress); }
`;

export const CAMERA = /* glsl */ `
  uniform mat4 viewMatrix;
  uniform mat4 projectionMatrix;
  uniform vec3 cameraPosition;
`;

export const COLOUR = /* glsl */ `
  vec3 toLinear(vec3 colour) { return pow(colour, vec3(2.2)); }
  vec3 toScreen(vec3 colour) { return pow(max(colour, 0.0), vec3(1.0 / 2.2)); }
`;

/** Distance to a rectangle with round corners, negative inside. */
export const ROUNDED = /* glsl */ `
  float rounded(vec2 at, vec2 extent, float radius) {
    vec2 outside = abs(at) - extent + radius;
    return length(max(outside, 0.0)) + min(max(outside.x, outside.y), 0.0) - radius;
  }
`;
