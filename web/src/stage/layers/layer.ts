import { GLSL3, type InstancedBufferGeometry, Mesh, RawShaderMaterial } from "three";

/** How a layer is drawn. Layers of a higher order are drawn over those below; only an opaque one hides what is behind. */
export interface Paint {
  vertex: string;
  fragment: string;
  order: number;
  uniforms: Readonly<Record<string, unknown>>;
  opaque?: boolean;
  /** Whether its faces are seen from behind too. */
  flat?: boolean;
}

/** One draw call of the scene: a geometry with instances, and the program that paints it. */
export class Layer {
  readonly mesh: Mesh;
  private readonly material: RawShaderMaterial;

  constructor(geometry: InstancedBufferGeometry, paint: Paint) {
    const opaque = paint.opaque ?? false;
    const uniforms = Object.entries(paint.uniforms).map(([name, value]) => [name, { value }]);
    this.material = new RawShaderMaterial({
      glslVersion: GLSL3,
      vertexShader: paint.vertex,
      fragmentShader: paint.fragment,
      transparent: !opaque,
      depthWrite: opaque,
      side: paint.flat ? 2 : 0,
      uniforms: Object.fromEntries(uniforms),
    });
    this.mesh = new Mesh(geometry, this.material);
    this.mesh.frustumCulled = false;
    this.mesh.renderOrder = paint.order;
  }

  dispose(): void {
    this.mesh.geometry.dispose();
    this.material.dispose();
  }

  protected tell(uniform: string, value: unknown): void {
    this.material.uniforms[uniform]!.value = value;
  }
}
