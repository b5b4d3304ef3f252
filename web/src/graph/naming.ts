import type { BoxId } from "../document/model";
import { shapeText, shorten } from "../document/naming";
import type { Tables } from "../document/tables";
import type { Shown } from "./visible";

/** More letters than this are never shown, and a name may hold a million. */
const LONGEST = 64;

/** What is written at a drawn box: `layer1`, `BasicBlock 0`, `block ×12`, `relu 3 calls`. */
export function nameOf(tables: Tables, { box, folded, calls }: Shown): string {
  const { kind: role } = tables.boxes[box]!;
  const label = clip(tables.boxes[box]!.label);
  const kind = role === "module" ? clip(shorten(tables.module(box)?.kind ?? "")) : role;
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
    return clip(shorten(module?.kind ?? ""));
  }
  return clip(module?.details || shapeText(tables.spec(outputs[0]?.[1] ?? -1)));
}

function clip(text: string): string {
  return text.length <= LONGEST ? text : `${[...text.slice(0, 2 * LONGEST)].slice(0, LONGEST).join("")}…`;
}

function isOnlyOutput(tables: Tables, box: BoxId): boolean {
  const siblings = tables.children(tables.boxes[box]!.parent);
  return siblings.every((other) => other === box || tables.boxes[other]!.kind !== "output");
}
