import type { BoxId } from "../../document/model";
import { placeText } from "../../document/naming";
import { useView } from "../../state/store";
import { FindingText } from "../findings/FindingText";
import { SourceLines } from "../findings/SourceLines";

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
            <FindingText finding={finding} />
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
