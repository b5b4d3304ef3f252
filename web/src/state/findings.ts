import { SEVERITIES } from "../document/severities";
import type { Tables } from "../document/tables";
import { useDesk } from "./desk";
import { useView } from "./store";

/** Positions of all findings, the gravest first, each severity in the order of the document. */
export function sortFindings(tables: Tables): number[] {
  const { findings } = tables.document;
  return SEVERITIES.flatMap((severity) =>
    findings.flatMap((finding, position) => (finding.severity === severity ? position : [])),
  );
}

/** Goes to a finding: to its box, where it has one. */
export function visitFinding(position: number): void {
  const { tables, fly } = useView.getState();
  const box = tables.placeOf(position);
  useDesk.setState({ finding: position, tab: "findings", dock: true });
  if (box >= 0) {
    fly(box);
  }
}

/** Goes to the finding so many steps further; behind the last comes the first. */
export function stepFinding(steps: 1 | -1): void {
  const order = sortFindings(useView.getState().tables);
  const at = order.indexOf(useDesk.getState().finding ?? -1);
  const next = at < 0 ? (steps > 0 ? 0 : order.length - 1) : (at + steps + order.length) % order.length;
  const finding = order[next];
  if (finding !== undefined) {
    visitFinding(finding);
  }
}

/** Goes to the first call of a module, or of the closest one around that was called. */
export function visitModule(module: number): void {
  const { tables, fly } = useView.getState();
  for (let at = module; at >= 0; at = tables.document.modules[at]?.parent ?? -1) {
    const call = tables.calls(at)[0];
    if (call !== undefined) {
      fly(call);
      return;
    }
  }
}
