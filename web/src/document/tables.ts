import type { Box, BoxId, Document, Module, Severity, Spec } from "./model";

/** A document and what is asked of it again and again, worked out once. */
export interface Tables {
  document: Document;
  boxes: readonly Box[];
  /** The boxes in a box, in the order of execution. */
  children(box: BoxId): readonly BoxId[];
  isLeaf(box: BoxId): boolean;
  /** From the model's own box down to the parent. */
  ancestors(box: BoxId): BoxId[];
  isWithin(box: BoxId, scope: BoxId): boolean;
  /** How many boxes stand around this one; 0 for the model. */
  depth(box: BoxId): number;
  /** The calls of a module. */
  calls(module: number): readonly BoxId[];
  /** The position of the fold that the box is a member of, -1 for none. */
  foldOf(box: BoxId): number;
  /** Findings that stand at the box itself, as positions in `document.findings`. */
  findings(box: BoxId): readonly number[];
  /** How many findings of a severity stand at the box or in it. */
  countFindings(box: BoxId, severity: Severity): number;
  /** Where a finding is shown, -1 where nothing of it was ever called. */
  placeOf(finding: number): BoxId;
  /** Edges that end and that begin at a leaf, as positions in `document.edges`. */
  edgesInto(box: BoxId): readonly number[];
  edgesOutOf(box: BoxId): readonly number[];
  module(box: BoxId): Module | null;
  spec(id: number): Spec | null;
}

const NONE: readonly number[] = [];

export function tabulate(document: Document): Tables {
  const { boxes, modules, edges, folds, findings, specs } = document;
  const children = groupBy(boxes.length, boxes, (box) => box.parent);
  const calls = groupBy(modules.length, boxes, (box) => (box.kind === "module" ? box.module : -1));
  const into = groupBy(boxes.length, edges, (edge) => edge[1]);
  const outOf = groupBy(boxes.length, edges, (edge) => edge[0]);
  const depths = countDepths(boxes);
  const foldOf = new Int32Array(boxes.length).fill(-1);
  folds.forEach((fold, position) => {
    for (const member of fold.members) {
      foldOf[member] = position;
    }
  });
  const places = findings.map((finding) => place(finding, modules, calls));
  const found = groupBy(boxes.length, places, (box) => box);
  const counts = countSeverities(document, places);
  const isWithin = (box: BoxId, scope: BoxId): boolean => {
    let at = box;
    while (at > scope) {
      at = boxes[at]?.parent ?? -1;
    }
    return at === scope;
  };
  return {
    document,
    boxes,
    children: (box) => children[box] ?? NONE,
    isLeaf: (box) => children[box] === undefined,
    ancestors: (box) => climb(boxes, box),
    isWithin,
    depth: (box) => depths[box] ?? 0,
    calls: (module) => calls[module] ?? NONE,
    foldOf: (box) => foldOf[box] ?? -1,
    findings: (box) => found[box] ?? NONE,
    countFindings: (box, severity) => counts[severity][box] ?? 0,
    placeOf: (finding) => places[finding] ?? -1,
    edgesInto: (box) => into[box] ?? NONE,
    edgesOutOf: (box) => outOf[box] ?? NONE,
    module: (box) => modules[boxes[box]?.module ?? -1] ?? null,
    spec: (id) => specs[id] ?? null,
  };
}

/** Positions of rows by the group they belong to; a group without rows is undefined. */
function groupBy<Row>(
  groups: number,
  rows: readonly Row[],
  group: (row: Row) => number,
): (number[] | undefined)[] {
  const positions: (number[] | undefined)[] = new Array(groups).fill(undefined);
  rows.forEach((row, position) => {
    const key = group(row);
    if (key < 0) {
      return;
    }
    const members = positions[key];
    if (members === undefined) {
      positions[key] = [position];
    } else {
      members.push(position);
    }
  });
  return positions;
}

function countDepths(boxes: readonly Box[]): Int32Array {
  const depths = new Int32Array(boxes.length);
  boxes.forEach((box, id) => {
    depths[id] = box.parent < 0 ? 0 : (depths[box.parent] ?? 0) + 1;
  });
  return depths;
}

function climb(boxes: readonly Box[], box: BoxId): BoxId[] {
  const found: BoxId[] = [];
  for (let at = boxes[box]?.parent ?? -1; at >= 0; at = boxes[at]?.parent ?? -1) {
    found.push(at);
  }
  return found.reverse();
}

/** The box of a finding: its own, else the first call of its module or of the closest one around that was called. */
function place(
  finding: Document["findings"][number],
  modules: readonly Module[],
  calls: readonly (readonly number[] | undefined)[],
): BoxId {
  if (finding.box >= 0) {
    return finding.box;
  }
  for (let module = finding.module; module >= 0; module = modules[module]?.parent ?? -1) {
    const first = calls[module]?.[0];
    if (first !== undefined) {
      return first;
    }
  }
  return -1;
}

function countSeverities(
  { boxes, findings }: Document,
  places: readonly BoxId[],
): Record<Severity, Int32Array> {
  const counts = {
    error: new Int32Array(boxes.length),
    warning: new Int32Array(boxes.length),
    info: new Int32Array(boxes.length),
  };
  findings.forEach((finding, position) => {
    const count = counts[finding.severity];
    for (let at = places[position] ?? -1; at >= 0; at = boxes[at]?.parent ?? -1) {
      count[at] = (count[at] ?? 0) + 1;
    }
  });
  return counts;
}
