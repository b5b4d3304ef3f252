// Written by `npm run types` from schema/graph-v1.json.

/**
 * A line of a source file, counted from 1; 0 where it is not known.
 *
 * @minItems 2
 * @maxItems 2
 */
export type Place = [number, number];
/**
 * A tensor that goes in or comes out: where it stands (``0``, ``mask``, ``out.logits``), and its spec.
 *
 * @minItems 2
 * @maxItems 2
 */
export type Port = [string, number];
/**
 * A tensor that flows between two boxes without boxes in them; ``spec`` is how the reader sees it.
 *
 * @minItems 3
 * @maxItems 3
 */
export type Edge = [number, number, number];

/**
 * One model: its modules, the boxes of one run of it, what flows between them, and what was found.
 */
export interface Document {
  format: "visunn.graph/1";
  generator: string;
  name: string;
  capture: Capture;
  totals: Totals;
  files?: string[];
  specs?: Spec[];
  modules?: Module[];
  boxes?: Box[];
  edges?: Edge[];
  folds?: Fold[];
  findings?: Finding[];
  failure?: Failure | null;
  against?: Against | null;
}
/**
 * How the graph came to be; ``inputs`` is what ``--input`` takes.
 */
export interface Capture {
  engine: string;
  rung: string;
  mode: string;
  reason?: string;
  inputs?: string;
  inferred?: boolean;
}
/**
 * Counts over the whole model; ``flops`` and ``activation_bytes`` are of the captured run.
 */
export interface Totals {
  parameters: number;
  trainable: number;
  parameter_bytes: number;
  activation_bytes: number;
  flops: number;
  modules: number;
  ops: number;
}
/**
 * A tensor's shape, dtype and device; ``batch`` are the axes that follow the batch size.
 */
export interface Spec {
  shape: number[];
  dtype: string;
  device?: string;
  batch?: number[];
}
/**
 * A module, called or not. ``details`` tells it from others of its class in a few words: ``3→64, 7×7, /2``.
 *
 * ``parameters`` counts the elements of its own parameters and of all below, each tensor once.
 */
export interface Module {
  path: string;
  kind: string;
  parent?: number;
  details?: string;
  aliases?: string[];
  tensors?: Tensor[];
  settings?: {
    [k: string]: string;
  };
  parameters?: number;
  calls?: number;
  is_registered?: boolean;
  source?: Place | null;
}
/**
 * A parameter or buffer of a module; ``shape`` is None while a lazy module has not decided it.
 */
export interface Tensor {
  name: string;
  shape: number[] | null;
  dtype: string;
  buffer?: boolean;
  trainable?: boolean;
  shared_with?: string[];
}
/**
 * A call of a module, an op, or an input or output of the whole run: what is drawn as one box.
 *
 * ``parent`` is the call that it happened in, -1 for the model's own call, which is box 0. A box comes
 * behind its parent, and siblings stand in the order of execution. A module that runs a single op and
 * calls nothing has no boxes in it: it is that op. ``module`` is the module that is called, or whose
 * forward runs the op. ``rank`` is its step along the flow of data among its siblings, ``x`` its place
 * across the flow, in widths of a box, centred on 0.
 *
 * ``parameters`` and ``flops`` count what lies below too, ``bytes`` the outputs. ``reads`` names the
 * parameters, buffers and constants that an op reads by itself.
 */
export interface Box {
  kind: "input" | "module" | "op" | "opaque" | "output";
  label: string;
  family:
    | "activation"
    | "arithmetic"
    | "attention"
    | "container"
    | "convolution"
    | "dropout"
    | "embedding"
    | "input"
    | "linear"
    | "loss"
    | "normalisation"
    | "other"
    | "output"
    | "pooling"
    | "recurrent"
    | "shape";
  parent?: number;
  module?: number;
  call?: number;
  op?: string;
  rank?: number;
  x?: number;
  inputs?: Port[];
  outputs?: Port[];
  attributes?: {
    [k: string]: string;
  };
  reads?: string[];
  parameters?: number;
  flops?: number;
  bytes?: number;
  source?: Place | null;
  change?: ("added" | "changed" | "moved" | "removed") | null;
}
/**
 * Siblings that are built alike and follow each other: drawn as the first of them, ``×N``, until unfolded.
 */
export interface Fold {
  members: number[];
}
/**
 * One thing that a rule found; ``lines`` is the source around it, as (number, text).
 */
export interface Finding {
  code: string;
  rule: string;
  severity: "error" | "info" | "warning";
  message: string;
  help?: string;
  module?: number;
  box?: number;
  source?: Place | null;
  lines?: [number, string][];
}
/**
 * Why forward did not end: the boxes are what ran until there.
 */
export interface Failure {
  message: string;
  module?: number;
  source?: Place | null;
}
/**
 * The older model that this one is compared with, and what changed since.
 */
export interface Against {
  name: string;
  changes: Change[];
}
/**
 * A module that came, went, moved or is built otherwise; ``details`` are (what, before, after).
 *
 * ``box`` is where to look: for what went, a box without contents that stands where it was.
 */
export interface Change {
  kind: "added" | "changed" | "moved" | "removed";
  before: string | null;
  after: string | null;
  box?: number;
  details?: [string, string, string][];
}
