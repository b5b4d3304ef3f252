import { useEffect, useRef } from "react";
import { plural } from "../../document/figures";
import type { Finding } from "../../document/model";
import { placeText } from "../../document/naming";
import { useDesk } from "../../state/desk";
import { sortFindings, stepFinding, visitFinding } from "../../state/findings";
import { useView } from "../../state/store";
import { Icon } from "../Icon";
import { Prose } from "../Prose";
import { FindingText } from "./FindingText";
import { SourceLines } from "./SourceLines";
import "./Findings.css";

/** What the rules found, the gravest first; each leads to where it stands. */
export function Findings() {
  const tables = useView((view) => view.tables);
  const order = sortFindings(tables);
  if (order.length === 0) {
    return <p className="empty">No rule found anything in this model.</p>;
  }
  return (
    <div className="findings">
      <div className="findings-head">
        <span>{plural(order.length, "finding")}</span>
        <button type="button" className="plain" onClick={() => stepFinding(-1)} title="Previous finding (P)">
          <Icon name="left" />
          <span className="unseen">Previous finding</span>
        </button>
        <button type="button" className="plain" onClick={() => stepFinding(1)} title="Next finding (N)">
          <Icon name="right" />
          <span className="unseen">Next finding</span>
        </button>
      </div>
      <ol className="findings-list">
        {order.map((position) => (
          <FindingCard key={position} position={position} />
        ))}
      </ol>
    </div>
  );
}

function FindingCard({ position }: { position: number }) {
  const tables = useView((view) => view.tables);
  const isCurrent = useDesk((desk) => desk.finding === position);
  const card = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isCurrent) {
      card.current?.scrollIntoView({ block: "nearest" });
    }
  }, [isCurrent]);
  const finding = tables.document.findings[position] as Finding;
  return (
    <li ref={card} className="finding" data-severity={finding.severity} data-current={isCurrent}>
      <button
        type="button"
        className="finding-go"
        aria-current={isCurrent}
        onClick={() => visitFinding(position)}
      >
        <FindingText finding={finding} />
      </button>
      <SourceLines
        place={placeText(tables, finding.source)}
        line={finding.source?.[1] ?? 0}
        lines={finding.lines}
      />
      {finding.help !== "" && (
        <p className="finding-help">
          <Prose text={finding.help} />
        </p>
      )}
    </li>
  );
}
