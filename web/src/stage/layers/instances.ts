import { InstancedBufferAttribute, type InstancedBufferGeometry } from "three";

/** Columns of an instanced mesh, with how many numbers each has; `bytes` columns hold 0–255 and are read as 0–1. */
export interface Column {
  size: number;
  bytes?: boolean;
}

/** What `PLACING` reads: where a row comes from, and where it goes to. */
export const PLACED = {
  fromPlace: { size: 3 },
  fromSize: { size: 3 },
  toPlace: { size: 3 },
  toSize: { size: 3 },
} as const;

/** The rows of an instanced mesh, grown as needed and never made anew while they suffice. */
export class Instances<Name extends string> {
  private capacity = 0;
  private readonly arrays = {} as Record<Name, Float32Array | Uint8Array>;

  constructor(
    private readonly geometry: InstancedBufferGeometry,
    private readonly columns: Readonly<Record<Name, Column>>,
  ) {
    geometry.instanceCount = 0;
    this.grow(16);
  }

  /** Makes room for `count` rows, which are all to be written, and draws that many. */
  resize(count: number): void {
    if (count > this.capacity) {
      this.grow(Math.ceil(count * 1.3));
    }
    this.geometry.instanceCount = count;
  }

  get count(): number {
    return this.geometry.instanceCount;
  }

  set(column: Name, row: number, values: readonly number[]): void {
    this.arrays[column].set(values, row * this.columns[column].size);
  }

  array(column: Name): Float32Array | Uint8Array {
    return this.arrays[column];
  }

  /** Sends all rows to the GPU before the next frame. */
  send(...columns: Name[]): void {
    for (const column of columns) {
      this.attribute(column).clearUpdateRanges();
      this.mark(column, 0, this.count);
    }
  }

  /** Sends a few rows to the GPU before the next frame. */
  sendRows(rows: Iterable<number>, ...columns: Name[]): void {
    for (const row of rows) {
      for (const column of columns) {
        this.mark(column, row, 1);
      }
    }
  }

  private mark(column: Name, row: number, count: number): void {
    const { size } = this.columns[column];
    const attribute = this.attribute(column);
    attribute.addUpdateRange(row * size, count * size);
    attribute.needsUpdate = true;
  }

  private attribute(column: Name): InstancedBufferAttribute {
    return this.geometry.getAttribute(column) as InstancedBufferAttribute;
  }

  private grow(capacity: number): void {
    this.capacity = capacity;
    this.geometry.dispose();
    for (const [name, column] of Object.entries<Column>(this.columns) as [Name, Column][]) {
      const length = capacity * column.size;
      const array = column.bytes ? new Uint8Array(length) : new Float32Array(length);
      this.arrays[name] = array;
      this.geometry.setAttribute(
        name,
        new InstancedBufferAttribute(array, column.size, column.bytes === true),
      );
    }
  }
}
