import type { BoxId } from "./model";
import { kindOf, labelOf, pathOf, shapeText } from "./naming";
import type { Tables } from "./tables";

/** A box that fits a question; the lower the rank, the better the fit. */
export interface Hit {
  box: BoxId;
  rank: number;
}

/** What each box can be found by, in lower case. */
export type Index = readonly { label: string; path: string; rest: string }[];

export function indexBoxes(tables: Tables): Index {
  return tables.boxes.map((box, id) => ({
    label: labelOf(tables, id).toLowerCase(),
    path: pathOf(tables, id).toLowerCase(),
    rest: [
      kindOf(tables, id),
      box.op,
      box.family,
      ...box.outputs.map(([, spec]) => shapeText(tables.spec(spec))),
    ]
      .join(" ")
      .toLowerCase(),
  }));
}

/** The words of a question; `2x64` is asked for as `2×64`. */
export function wordsOf(question: string): string[] {
  return question
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "")
    .map((word) => (/^\d*(x\d*)+$/.test(word) ? word.replaceAll("x", "×") : word));
}

/** Boxes in which every word is found, names before paths before kinds, ops and shapes. */
export function searchBoxes(index: Index, question: string): Hit[] {
  const words = wordsOf(question);
  if (words.length === 0) {
    return [];
  }
  const hits: Hit[] = [];
  index.forEach((entry, box) => {
    const ranks = words.map((word) => rankOf(entry, word));
    const rank = Math.max(...ranks);
    if (rank < MISS) {
      hits.push({ box, rank });
    }
  });
  return hits.sort((one, other) => one.rank - other.rank || one.box - other.box);
}

const MISS = 5;

function rankOf({ label, path, rest }: Index[number], word: string): number {
  if (label === word) {
    return 0;
  }
  if (label.startsWith(word)) {
    return 1;
  }
  if (label.includes(word)) {
    return 2;
  }
  if (path.includes(word)) {
    return 3;
  }
  return rest.includes(word) ? 4 : MISS;
}

/** The text in pieces, those that a word was found in marked. */
export function highlight(text: string, words: readonly string[]): { text: string; isHit: boolean }[] {
  const lower = text.toLowerCase();
  const marked = new Array<boolean>(text.length).fill(false);
  for (const word of lower.length === text.length ? words : []) {
    for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + 1)) {
      marked.fill(true, at, at + word.length);
    }
  }
  const pieces: { text: string; isHit: boolean }[] = [];
  for (let from = 0, to = 0; from < text.length; from = to) {
    for (to = from + 1; to < text.length && marked[to] === marked[from]; to += 1);
    pieces.push({ text: text.slice(from, to), isHit: marked[from] ?? false });
  }
  return pieces;
}
