import type { Box, BoxId, Spec } from "./model";
import type { Tables } from "./tables";

/** What a box is called where it stands: `conv1`, `add`, the model's own name for box 0, `output` for the only one. */
export function labelOf(tables: Tables, box: BoxId): string {
  const { kind, label } = tables.boxes[box] ?? { kind: "op", label: "" };
  if (box === 0 && label === "") {
    return tables.document.name;
  }
  return kind === "output" && label === "0" ? "output" : label;
}

/** The full name of a box: a module's path as PyTorch has it, an op behind the module that runs it. */
export function pathOf(tables: Tables, box: BoxId): string {
  const label = labelOf(tables, box);
  const path = tables.module(box)?.path ?? "";
  if (tables.boxes[box]?.kind === "module") {
    return path === "" ? label : path;
  }
  return path === "" ? label : `${path} › ${label}`;
}

/** What a box is, in a word or two: `Conv2d`, `aten::add`, `input`. */
export function kindOf(tables: Tables, box: BoxId): string {
  const { kind, op } = tables.boxes[box] ?? ({ kind: "op", op: "" } satisfies Partial<Box>);
  if (kind === "module") {
    return shorten(tables.module(box)?.kind ?? "");
  }
  return kind === "op" && op !== "" ? op : kind;
}

/** The class without the package that it comes from. */
export function shorten(kind: string): string {
  return kind.slice(kind.lastIndexOf(".") + 1);
}

/** What tells the box from others of its kind: `3→64, 7×7, /2`; "" where nothing does. */
export function detailsOf(tables: Tables, box: BoxId): string {
  return tables.boxes[box]?.kind === "module" ? (tables.module(box)?.details ?? "") : "";
}

/** `call 2 of 3` where a module is called more than once, else "". */
export function callOf(tables: Tables, box: BoxId): string {
  const { kind, module = -1 } = tables.boxes[box] ?? {};
  const calls = kind === "module" ? tables.calls(module) : [];
  return calls.length > 1 ? `call ${calls.indexOf(box) + 1} of ${calls.length}` : "";
}

/** `2×64×112×112`; `scalar` for no axes at all. */
export function shapeText(spec: Pick<Spec, "shape"> | null): string {
  if (spec === null) {
    return "";
  }
  return spec.shape.length === 0 ? "scalar" : spec.shape.join("×");
}

/** `models/resnet.py:61`, "" where the place is not known. */
export function placeText(tables: Tables, place: Box["source"]): string {
  if (place === null) {
    return "";
  }
  const [file, line] = place;
  const name = tables.document.files[file] ?? "";
  return line > 0 && name !== "" ? `${name}:${line}` : name;
}
