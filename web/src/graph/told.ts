import type { Severity } from "../document/model";
import { SEVERITIES } from "../document/severities";
import type { Tables } from "../document/tables";
import type { Shown } from "./visible";

/** What was found at a drawn box: the worst severity, null for none, and how many findings it stands for. */
export interface Told {
  severity: Severity | null;
  count: number;
}

const NOTHING: Told = { severity: null, count: 0 };

/** A slab tells what stands at itself; a closed box also what lies in it and in the siblings folded into it. */
export function tellFindings(tables: Tables, { box, role, folded }: Shown): Told {
  if (role === "slab") {
    const own = tables.findings(box).map((finding) => tables.document.findings[finding]!.severity);
    return { severity: SEVERITIES.find((severity) => own.includes(severity)) ?? null, count: own.length };
  }
  const boxes = folded > 1 ? tables.document.folds[tables.foldOf(box)]!.members : [box];
  let worst: Severity | null = null;
  let count = 0;
  for (const severity of SEVERITIES) {
    for (const member of boxes) {
      const found = tables.countFindings(member, severity);
      count += found;
      worst ??= found > 0 ? severity : null;
    }
  }
  return count === 0 ? NOTHING : { severity: worst, count };
}
