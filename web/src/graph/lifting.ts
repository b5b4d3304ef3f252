import type { Spec } from "../document/model";
import type { Tables } from "../document/tables";
import { outsideOf, type Visible } from "./visible";

/** What flows between two drawn boxes: all tensors between them as one. */
export interface Flow {
  /** Positions in `Visible.shown`; the same twice where a merged module feeds itself. */
  source: number;
  target: number;
  /** How many edges of the document it stands for. */
  count: number;
  /** Of the largest tensor in it. */
  bytes: number;
  spec: number;
}

const WIDTHS: Readonly<Record<string, number>> = {
  float64: 8,
  int64: 8,
  uint64: 8,
  complex64: 8,
  complex128: 16,
  float16: 2,
  bfloat16: 2,
  int16: 2,
  uint16: 2,
  int8: 1,
  uint8: 1,
  bool: 1,
  float8_e4m3fn: 1,
  float8_e5m2: 1,
};

/** Bytes of a dense tensor of this spec; four an element where the dtype is not known. */
export function bytesOf(spec: Spec | null): number {
  return spec === null ? 0 : spec.shape.reduce((product, size) => product * size, WIDTHS[spec.dtype] ?? 4);
}

/** The document's edges between what is drawn, parallel ones merged. Linear in the edges. */
export function lift(tables: Tables, visible: Visible): Flow[] {
  const { shown, standIn, scope } = visible;
  const flows = new Map<number, Flow>();
  const sizes = tables.document.specs.map(bytesOf);
  for (const [from, to, spec] of tables.document.edges) {
    let source = standIn[from]!;
    let target = standIn[to]!;
    if (source < 0 && target < 0) {
      continue;
    }
    source = source < 0 ? (visible.sources.get(outsideOf(tables, scope, from)) ?? -1) : source;
    target = target < 0 ? (visible.sinks.get(outsideOf(tables, scope, to)) ?? -1) : target;
    if (source < 0 || target < 0 || isHidden(tables, visible, from, to, source, target)) {
      continue;
    }
    const bytes = sizes[spec] ?? 0;
    const key = source * shown.length + target;
    const flow = flows.get(key);
    if (flow === undefined) {
      flows.set(key, { source, target, count: 1, bytes, spec });
      continue;
    }
    flow.count += 1;
    if (bytes > flow.bytes) {
      flow.bytes = bytes;
      flow.spec = spec;
    }
  }
  return [...flows.values()];
}

/** Whether an edge runs inside one drawn box, or from one member of a fold to the next, which the ×N tells. */
function isHidden(
  tables: Tables,
  { shown }: Visible,
  from: number,
  to: number,
  source: number,
  target: number,
): boolean {
  if (source === target) {
    return (
      shown[source]!.calls === 1 ||
      callOf(tables, from, shown[source]!.box) === callOf(tables, to, shown[source]!.box)
    );
  }
  for (let at = source; at >= 0; at = shown[at]!.parent) {
    if (shown[at]!.folded > 1 && holds(shown, at, target)) {
      return memberOf(tables, from, shown[at]!.box) !== memberOf(tables, to, shown[at]!.box);
    }
  }
  return false;
}

function holds(shown: Visible["shown"], slab: number, position: number): boolean {
  let at = position;
  while (at > slab) {
    at = shown[at]!.parent;
  }
  return at === slab;
}

/** The call of a drawn box's module that a leaf ran in. */
function callOf(tables: Tables, leaf: number, drawn: number): number {
  const module = tables.boxes[drawn]!.module;
  let at = leaf;
  while (at > 0 && !(tables.boxes[at]!.module === module && tables.boxes[at]!.kind !== "op")) {
    at = tables.boxes[at]!.parent;
  }
  return at;
}

/** The member of a drawn box's fold that a leaf ran in. */
function memberOf(tables: Tables, leaf: number, drawn: number): number {
  const fold = tables.foldOf(drawn);
  let at = leaf;
  while (at > 0 && tables.foldOf(at) !== fold) {
    at = tables.boxes[at]!.parent;
  }
  return at;
}
