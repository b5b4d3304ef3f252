import type { BoxId } from "./model";
import type { Tables } from "./tables";

/**
 * The box as text that outlives a new capture of the model: labels from the model down, `/` between them,
 * `~2` behind the second of siblings that are called alike. The model's own box is "".
 */
export function addressOf(tables: Tables, box: BoxId): string {
  return [...tables.ancestors(box), box]
    .slice(1)
    .map((id) => segmentOf(tables, id))
    .join("/");
}

/** The box at the address, null where the model has none there (any more). */
export function findAddress(tables: Tables, address: string): BoxId | null {
  let at: BoxId | null = tables.boxes.length > 0 ? 0 : null;
  for (const segment of address === "" ? [] : address.split("/")) {
    at = at === null ? null : findSegment(tables, at, segment);
  }
  return at;
}

function segmentOf(tables: Tables, box: BoxId): string {
  const siblings = tables.children(tables.boxes[box]?.parent ?? -1);
  const label = tables.boxes[box]?.label ?? "";
  const alike = siblings.filter((sibling) => sibling <= box && tables.boxes[sibling]?.label === label).length;
  return alike > 1 ? `${spell(label)}~${alike}` : spell(label);
}

function findSegment(tables: Tables, parent: BoxId, segment: string): BoxId | null {
  const [label, occurrence = "1"] = segment.split("~");
  const alike = tables.children(parent).filter((box) => spell(tables.boxes[box]?.label ?? "") === label);
  return alike[Number(occurrence) - 1] ?? null;
}

/** A label without the characters that an address is made of; half a surrogate pair cannot be written in one. */
function spell(label: string): string {
  return encodeURIComponent(label.toWellFormed()).replaceAll("~", "%7E");
}
