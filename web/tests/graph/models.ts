import { complete } from "../../src/document/model";
import { type Tables, tabulate } from "../../src/document/tables";
import type * as raw from "../../src/document/types";
import type { Choice } from "../../src/graph/visible";

/** Boxes as `[parent, label]` or with more said of them; box 0 is the model and is added. */
export interface Sketch {
  boxes: (Partial<raw.Box> & { parent: number })[];
  edges?: [number, number][];
  folds?: number[][];
}

export function tablesOf({ boxes, edges = [], folds = [] }: Sketch): Tables {
  const all = [{ parent: -1, label: "Net" }, ...boxes];
  return tabulate(
    complete({
      format: "visunn.graph/1",
      generator: "test",
      name: "Net",
      capture: { engine: "native", rung: "meta", mode: "eval" },
      totals: {
        parameters: 0,
        trainable: 0,
        parameter_bytes: 0,
        activation_bytes: 0,
        flops: 0,
        modules: 0,
        ops: 0,
      },
      specs: [
        { shape: [2, 8], dtype: "float32" },
        { shape: [2, 64], dtype: "float16" },
      ],
      modules: Array.from({ length: 20 }, (_, at) => ({ path: `m${at}`, kind: "torch.nn.Linear" })),
      boxes: all.map((box, at) => ({ kind: "op", family: "other", label: `b${at}`, bytes: 64, ...box })),
      edges: edges.map(([source, target], at) => [source, target, at % 2]),
      folds: folds.map((members) => ({ members })),
    }),
  );
}

export function choose(changes: Partial<Choice> = {}): Choice {
  return { scope: 0, expanded: new Set(), unfolded: new Set(), merged: false, ...changes };
}

/** Ops one behind the other in the model's own call. */
export function chain(length: number): Tables {
  return tablesOf({
    boxes: Array.from({ length }, (_, rank) => ({ parent: 0, rank })),
    edges: Array.from({ length: length - 1 }, (_, at) => [at + 1, at + 2]),
  });
}

/** Ops that all read from one. */
export function star(points: number): Tables {
  return tablesOf({
    boxes: [
      { parent: 0 },
      ...Array.from({ length: points }, (_, at) => ({ parent: 0, rank: 1, x: at - points / 2 })),
    ],
    edges: Array.from({ length: points }, (_, at) => [1, at + 2]),
  });
}

/** Containers in each other, with one op at the bottom. */
export function nest(depth: number): Tables {
  return tablesOf({ boxes: Array.from({ length: depth }, (_, at) => ({ parent: at })) });
}

/** Two blocks of two ops each behind an op (1): block 2 holds 3 and 4, block 5 holds 6 and 7; 8 ends it. */
export const BLOCKS: Sketch = {
  boxes: [
    { parent: 0 },
    { parent: 0, rank: 1, kind: "module", module: 1 },
    { parent: 2 },
    { parent: 2, rank: 1 },
    { parent: 0, rank: 2, kind: "module", module: 2 },
    { parent: 5 },
    { parent: 5, rank: 1 },
    { parent: 0, rank: 3 },
  ],
  edges: [
    [1, 3],
    [3, 4],
    [4, 6],
    [6, 7],
    [7, 8],
    [1, 8],
  ],
};

/** `linear` (1), `relu` (2), `linear` again (3, a second call of module 1), and an op (4). */
export const RECYCLED: Sketch = {
  boxes: [
    { parent: 0, kind: "module", module: 1 },
    { parent: 0, kind: "module", module: 2, rank: 1 },
    { parent: 0, kind: "module", module: 1, call: 1, rank: 2 },
    { parent: 0, rank: 3 },
  ],
  edges: [
    [1, 2],
    [2, 3],
    [3, 4],
  ],
};
