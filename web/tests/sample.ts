import { readFileSync } from "node:fs";
import { complete, type Document } from "../src/document/model";
import { type Tables, tabulate } from "../src/document/tables";
import type * as raw from "../src/document/types";

const text = readFileSync(new URL("sample.json", import.meta.url), "utf8");

/**
 * A small network: a stem, `layer1` of three equal blocks that call their `relu` twice, a pool, a flatten and
 * a linear layer; `aux` is never called. A fresh copy each time, with what differs in it.
 */
export function sample(changes: Partial<raw.Document> = {}): Document {
  return complete({ ...(JSON.parse(text) as raw.Document), ...changes });
}

export function sampleTables(changes: Partial<raw.Document> = {}): Tables {
  return tabulate(sample(changes));
}

/** The box at a path of labels, `layer1/0/conv1`; the first of those that are called alike. */
export function boxAt(tables: Tables, path: string): number {
  return path.split("/").reduce((box, label) => {
    const found = tables.children(box).find((child) => tables.boxes[child]?.label === label);
    if (found === undefined) {
      throw new Error(`no ${label} in ${path}`);
    }
    return found;
  }, 0);
}
