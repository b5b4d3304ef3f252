import type { BoxId } from "../../document/model";
import { callOf, detailsOf, kindOf, labelOf, pathOf } from "../../document/naming";
import { useView } from "../../state/store";
import { Dotted } from "../Dotted";
import { Swatch } from "../Swatch";
import { Actions } from "./Actions";
import { Facts } from "./Facts";
import { FindingsOf } from "./FindingsOf";
import { Pairs } from "./Pairs";
import { Ports } from "./Ports";
import { Tensors } from "./Tensors";
import "./Inspector.css";

/** All that is known of the box under the pointer, or of the last one that was. */
export function Inspector() {
  const tables = useView((view) => view.tables);
  const box = useView((view) => view.shown ?? view.scope);
  if (tables.boxes[box] === undefined) {
    return <p className="empty">Point at a box to see what it is.</p>;
  }
  return (
    <div className="inspector" data-box={box}>
      <Heading box={box} />
      <Actions box={box} />
      <div className="inspector-body">
        <Facts box={box} />
        <Ports box={box} />
        <Tensors box={box} />
        <Pairs title="Settings" pairs={settingsOf(box)} />
        <Pairs title="Attributes" pairs={Object.entries(tables.boxes[box].attributes)} />
        <FindingsOf box={box} />
      </div>
    </div>
  );

  function settingsOf(id: BoxId): [string, string][] {
    return tables.boxes[id]?.kind === "module" ? Object.entries(tables.module(id)?.settings ?? {}) : [];
  }
}

function Heading({ box }: { box: BoxId }) {
  const tables = useView((view) => view.tables);
  const path = pathOf(tables, box);
  const label = labelOf(tables, box);
  const details = [kindOf(tables, box), detailsOf(tables, box)].filter((part) => part !== "").join(" ");
  return (
    <header className="inspector-head">
      <h2>
        <Swatch box={box} />
        <span>{label}</span>
        {callOf(tables, box) !== "" && <span className="chip">{callOf(tables, box)}</span>}
      </h2>
      {details !== label && <p className="inspector-kind">{details}</p>}
      {path !== label && (
        <p className="inspector-path">
          <Dotted name={path} />
        </p>
      )}
    </header>
  );
}
