import type { Finding } from "../../document/model";
import { Icon } from "../Icon";
import { Prose } from "../Prose";
import "./Findings.css";

/** What a finding says, under the rule that says it. */
export function FindingText({ finding }: { finding: Finding }) {
  return (
    <>
      <span className="finding-title">
        <Icon name={finding.severity} />
        <span className="unseen">{finding.severity}: </span>
        <span className="finding-code">{finding.code}</span>
        <span className="finding-rule">{finding.rule}</span>
      </span>
      <span className="finding-message">
        <Prose text={finding.message} />
      </span>
    </>
  );
}
