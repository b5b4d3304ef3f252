import type { BoxId } from "../../document/model";
import { placeText } from "../../document/naming";
import { useView } from "../../state/store";
import { SourceLines } from "../findings/SourceLines";
import { Icon } from "../Icon";
import { Prose } from "../Prose";
import "../findings/Findings.css";

/** What the rules found at a box itself. */
export function FindingsOf({ box }: { box: BoxId }) {
  const tables = useView((view) => view.tables);
  const found = tables.findings(box);
  if (found.length === 0) {
    return null;
  }
  return (
    <section>
      <h3>Findings</h3>
      {found.map((position) => {
        const finding = tables.document.findings[position]!;
        return (
          <div key={position} className="finding" data-severity={finding.severity}>
            <span className="finding-title">
              <Icon name={finding.severity} />
              <span className="unseen">{finding.severity}: </span>
              <span className="finding-code">{finding.code}</span>
              <span className="finding-rule">{finding.rule}</span>
            </span>
            <span className="finding-message">
              <Prose text={finding.message} />
            </span>
            <SourceLines
              place={placeText(tables, finding.source)}
              line={finding.source?.[1] ?? 0}
              lines={finding.lines}
            />
          </div>
        );
      })}
    </section>
  );
}
