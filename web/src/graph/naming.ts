import type { BoxId, Spec } from "../document/model";
import type { Tables } from "../document/tables";
import type { Shown } from "./visible";

/** What is written at a drawn box: `layer1`, `BasicBlock 0`, `block ×12`, `relu 3 calls`. */
export function nameOf(tables: Tables, { box, folded, calls }: Shown): string {
  const { label, kind: role } = tables.boxes[box]!;
  const kind = role === "module" ? shortKind(tables.module(box)?.kind ?? "") : role;
  if (role === "output" && label === "0" && isOnlyOutput(tables, box)) {
    return role;
  }
  const name = /^\d+$/.test(label) && kind !== "" ? `${kind} ${label}` : label;
  const times = folded > 1 ? ` ×${folded}` : "";
  return calls > 1 ? `${name}${times} ⟲${calls}` : `${name}${times}`;
}

/** What is written below the name, smaller: the settings that tell a layer apart, else the shape that comes out. */
export function detailOf(tables: Tables, { box, role }: Shown): string {
  const { kind, outputs } = tables.boxes[box]!;
  const module = kind === "module" ? tables.module(box) : null;
  if (role === "slab") {
    return shortKind(module?.kind ?? "");
  }
  return module?.details || shapeOf(tables.spec(outputs[0]?.[1] ?? -1));
}

export function shapeOf(spec: Spec | null): string {
  return spec === null ? "" : spec.shape.join("×") || "scalar";
}

function shortKind(kind: string): string {
  return kind.slice(kind.lastIndexOf(".") + 1);
}

function isOnlyOutput(tables: Tables, box: BoxId): boolean {
  const siblings = tables.children(tables.boxes[box]!.parent);
  return siblings.every((other) => other === box || tables.boxes[other]!.kind !== "output");
}
