import { SEVERITIES } from "./severities";
import type * as raw from "./types";

export const FORMAT = "visunn.graph/1";

/** Something that is not a document, with one line that says why. */
export class DocumentError extends Error {}

/**
 * The value as a document, where its format and every id in it hold.
 *
 * A document comes from `visunn`, which checks it in full; what is checked here is what would otherwise end
 * in a blank page: the format, the tables, and ids that point nowhere or in a circle.
 */
export function validate(value: unknown): raw.Document {
  if (!isRecord(value)) {
    throw new DocumentError("This file holds no graph: a JSON object was expected.");
  }
  if (value.format !== FORMAT) {
    const found = typeof value.format === "string" ? `“${value.format.slice(0, 40)}”` : "no format at all";
    throw new DocumentError(`This viewer shows ${FORMAT}; the document has ${found}.`);
  }
  requireRecords(value, ["capture", "totals"]);
  requireTables(value, ["files", "specs", "modules", "boxes", "edges", "folds", "findings"]);
  const document = value as unknown as raw.Document;
  validateBoxes(document);
  validateReferences(document);
  return document;
}

function requireRecords(value: Record<string, unknown>, names: readonly string[]): void {
  for (const name of names) {
    if (!isRecord(value[name])) {
      throw new DocumentError(`The document is damaged: “${name}” is missing.`);
    }
  }
}

function requireTables(value: Record<string, unknown>, names: readonly string[]): void {
  for (const name of names) {
    const table = value[name] ?? [];
    if (
      !Array.isArray(table) ||
      (name !== "files" && !table.every((row) => typeof row === "object" && row !== null))
    ) {
      throw new DocumentError(`The document is damaged: “${name}” is not a table.`);
    }
  }
}

function validateBoxes({ boxes = [], modules = [] }: raw.Document): void {
  boxes.forEach((box, id) => {
    const parent = box.parent ?? -1;
    const isPlaced = id === 0 ? parent === -1 : isId(parent, id);
    if (!isPlaced || !isMaybe(box.module ?? -1, modules.length) || typeof box.label !== "string") {
      throw new DocumentError(`The document is damaged: box ${id} does not fit the others.`);
    }
  });
}

function validateReferences({
  boxes = [],
  modules = [],
  edges = [],
  folds = [],
  findings = [],
}: raw.Document): void {
  const holds =
    modules.every((module, id) => isMaybe(module.parent ?? -1, id) && typeof module.path === "string") &&
    edges.every(([source, target]) => isId(source, boxes.length) && isId(target, boxes.length)) &&
    folds.every(
      (fold) => Array.isArray(fold.members) && fold.members.every((box) => isId(box, boxes.length)),
    ) &&
    findings.every(
      (found) =>
        isMaybe(found.box ?? -1, boxes.length) &&
        isMaybe(found.module ?? -1, modules.length) &&
        SEVERITIES.includes(found.severity),
    );
  if (!holds) {
    throw new DocumentError("The document is damaged: something in it points to what is not there.");
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isId(value: unknown, end: number): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < end;
}

function isMaybe(value: unknown, end: number): boolean {
  return value === -1 || isId(value, end);
}
