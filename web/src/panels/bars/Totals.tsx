import { bytes, count, flops } from "../../document/figures";
import { shapeText } from "../../document/naming";
import type { Tables } from "../../document/tables";
import { useView } from "../../state/store";

/** The model in one line: parameters, work, input, and how the graph was captured. */
export function Totals() {
  const tables = useView((view) => view.tables);
  const { totals, capture, against } = tables.document;
  const frozen = totals.parameters - totals.trainable;
  const figures: readonly (readonly [string, string])[] = [
    [
      `${count(totals.parameters)} parameters`,
      `${bytes(totals.parameter_bytes)}${frozen > 0 ? `, ${count(frozen)} of them frozen` : ""}`,
    ],
    [flops(totals.flops), `${count(totals.flops)} floating-point operations in this run`],
    [inputText(tables), `${capture.inputs}${capture.inferred ? ", found by inference" : ""}`],
    [`captured on ${capture.rung}, ${capture.mode}`, capture.reason || `by the ${capture.engine} engine`],
    ...(against === null ? [] : [[`beside ${against.name}`, `${against.changes.length} changes`] as const]),
  ];
  return (
    <p className="totals">
      {figures.map(([text, title]) => (
        <span key={text} title={title}>
          {text}
        </span>
      ))}
    </p>
  );
}

function inputText(tables: Tables): string {
  const inputs = tables.boxes.flatMap((box) => (box.kind === "input" ? box.outputs : []));
  const only = inputs.length === 1 ? tables.spec(inputs[0]?.[1] ?? -1) : null;
  return only === null ? `${inputs.length} inputs` : `input ${shapeText(only)} ${only.dtype}`;
}
