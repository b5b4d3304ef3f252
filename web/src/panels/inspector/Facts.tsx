import type { ReactNode } from "react";
import { bytes, count, flops, share } from "../../document/figures";
import type { BoxId } from "../../document/model";
import { placeText } from "../../document/naming";
import { useView } from "../../state/store";
import { Dotted } from "../Dotted";
import { BoxLink } from "./BoxLink";

/** The figures of a box and where it comes from. */
export function Facts({ box }: { box: BoxId }) {
  const tables = useView((view) => view.tables);
  const { op, parameters, flops: work, bytes: size, source, kind, change } = tables.boxes[box]!;
  const { totals } = tables.document;
  const module = tables.module(box);
  const others =
    kind === "module" ? tables.calls(tables.boxes[box]!.module).filter((call) => call !== box) : [];
  return (
    <dl className="facts">
      {op !== "" && <Fact name="Op">{op}</Fact>}
      {kind === "module" && (
        <Fact name="Class">
          <span>
            <Dotted name={module?.kind ?? ""} />
          </span>
        </Fact>
      )}
      {parameters > 0 && (
        <Fact name="Parameters">
          {count(parameters)} <Share part={parameters} whole={totals.parameters} />
        </Fact>
      )}
      {work > 0 && (
        <Fact name="FLOPs">
          <span title={count(work)}>{flops(work)}</span> <Share part={work} whole={totals.flops} />
        </Fact>
      )}
      {size > 0 && <Fact name="Output size">{bytes(size)}</Fact>}
      {source !== null && (
        <Fact name="Source">
          <span className="place">{placeText(tables, source)}</span>
        </Fact>
      )}
      {change !== null && <Fact name="Change">{change}</Fact>}
      {kind === "module" && (module?.aliases.length ?? 0) > 0 && (
        <Fact name="Also at">{module?.aliases.join(", ")}</Fact>
      )}
      {others.length > 0 && (
        <Fact name="Other calls">
          {others.slice(0, 12).map((call) => (
            <BoxLink
              key={call}
              box={call}
              text={`call ${tables.calls(tables.boxes[call]!.module).indexOf(call) + 1}`}
            />
          ))}
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Share({ part, whole }: { part: number; whole: number }) {
  return <span className="share">{share(part, whole)}</span>;
}
