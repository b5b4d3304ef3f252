import { plural } from "../../document/figures";
import type { BoxId } from "../../document/model";
import { SEVERITIES } from "../../document/severities";
import { useView } from "../../state/store";
import { Icon } from "../Icon";
import "./Findings.css";

/** How many findings stand at a box and in it, by severity; nothing where there are none. */
export function FindingCounts({ box }: { box: BoxId }) {
  const tables = useView((view) => view.tables);
  return SEVERITIES.map((severity) => {
    const count = tables.countFindings(box, severity);
    return count === 0 ? null : (
      <span
        key={severity}
        className="finding-count"
        data-severity={severity}
        title={plural(count, severity === "info" ? "note" : severity)}
      >
        <Icon name={severity} />
        {count > 1 && count}
      </span>
    );
  });
}
