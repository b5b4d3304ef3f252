import type { BoxId } from "../document/model";
import type { Tables } from "../document/tables";

/** Pixels of the window that a box and its name need to be read. */
const PIXELS = 12_000;

/**
 * The containers to open in place when a reader arrives at a scope: level by level while all of one level fit,
 * then all of one class while those fit, so that alike modules look alike.
 */
export function openAtFirst(tables: Tables, scope: BoxId, budget = readable()): Set<BoxId> {
  const opened = new Set<BoxId>();
  let level = drawn(tables, scope);
  let count = level.length;
  while (level.length > 0 && count <= budget) {
    const next: BoxId[] = [];
    for (const alike of byCost(tables, level)) {
      const grown = alike.reduce((sum, box) => sum + drawn(tables, box).length - 1, 0);
      if (count + grown > budget) {
        break;
      }
      count += grown;
      for (const box of alike) {
        opened.add(box);
        next.push(...drawn(tables, box));
      }
    }
    level = next;
  }
  return opened;
}

/** How many boxes a reader can take in at once on this screen. */
function readable(): number {
  const { innerWidth = 1280, innerHeight = 800 } = globalThis;
  return Math.max(24, Math.min(80, Math.round((innerWidth * innerHeight) / PIXELS)));
}

/** The children of a box that are drawn while its folds are closed. */
function drawn(tables: Tables, box: BoxId): BoxId[] {
  return tables.children(box).filter((child) => {
    const fold = tables.foldOf(child);
    return fold < 0 || tables.document.folds[fold]!.members[0] === child;
  });
}

/** The containers of a level, those of one class together, cheap classes first. */
function byCost(tables: Tables, level: readonly BoxId[]): BoxId[][] {
  const classes = new Map<string, BoxId[]>();
  for (const box of level) {
    if (tables.isLeaf(box)) {
      continue;
    }
    const kind = tables.module(box)?.kind ?? tables.boxes[box]!.label;
    const alike = classes.get(kind);
    if (alike === undefined) {
      classes.set(kind, [box]);
    } else {
      alike.push(box);
    }
  }
  const cost = (alike: readonly BoxId[]) => alike.reduce((sum, box) => sum + tables.children(box).length, 0);
  return [...classes.values()].sort((a, b) => cost(a) - cost(b));
}
