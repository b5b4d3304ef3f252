import { plural } from "../../document/figures";
import type { Change, ChangeKind } from "../../document/model";
import { useView } from "../../state/store";
import "./Changes.css";

const MARKS: Readonly<Record<ChangeKind, string>> = { added: "+", removed: "−", moved: "→", changed: "~" };

/** What came, went, moved or is built otherwise since the other model. */
export function Changes() {
  const against = useView((view) => view.tables.document.against);
  if (against === null) {
    return <p className="empty">This model is not compared with another.</p>;
  }
  if (against.changes.length === 0) {
    return <p className="empty">The same as {against.name}.</p>;
  }
  return (
    <div className="changes">
      <p className="changes-head">
        {plural(against.changes.length, "change")} since {against.name}
      </p>
      <ol>
        {against.changes.map((change) => (
          <ChangeCard key={`${change.kind} ${change.before} ${change.after}`} change={change} />
        ))}
      </ol>
    </div>
  );
}

function ChangeCard({ change }: { change: Change }) {
  const { kind, before, after, box, details } = change;
  const name =
    before !== null && after !== null && before !== after ? `${before} → ${after}` : (after ?? before ?? "");
  return (
    <li className="change" data-kind={kind}>
      <button type="button" disabled={box < 0} onClick={() => useView.getState().fly(box)}>
        <span className="change-mark" aria-hidden="true">
          {MARKS[kind]}
        </span>
        <span className="change-name">{name}</span>
        <span className="change-kind">{kind}</span>
      </button>
      {details.length > 0 && (
        <dl>
          {details.map(([what, old, now]) => (
            <div key={`${what} ${old} ${now}`}>
              <dt>{what}</dt>
              <dd>
                {old !== "" && <del>{old}</del>}
                {now !== "" && <ins>{now}</ins>}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </li>
  );
}
