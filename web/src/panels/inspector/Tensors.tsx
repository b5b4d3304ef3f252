import type { BoxId, Tensor } from "../../document/model";
import { useView } from "../../state/store";

/** The parameters and buffers that a module holds itself. */
export function Tensors({ box }: { box: BoxId }) {
  const tables = useView((view) => view.tables);
  const module = tables.boxes[box]?.kind === "module" ? tables.module(box) : null;
  if (module === null || module.tensors.length === 0) {
    return null;
  }
  return (
    <section>
      <h3>Tensors</h3>
      <ul className="ports">
        {module.tensors.map((tensor) => (
          <li key={tensor.name} data-quiet={tensor.buffer || !tensor.trainable}>
            <span className="port-name">{tensor.name}</span>
            <span className="shape">
              {shapeOf(tensor)} <span className="dtype">{[tensor.dtype, ...notesOf(tensor)].join(", ")}</span>
            </span>
            {tensor.shared_with.length > 0 && (
              <span className="shared">shared with {tensor.shared_with.join(", ")}</span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function shapeOf({ shape }: Tensor): string {
  if (shape === null) {
    return "not yet known";
  }
  return shape.length === 0 ? "scalar" : shape.join("×");
}

function notesOf({ buffer, trainable }: Tensor): string[] {
  if (buffer) {
    return ["buffer"];
  }
  return trainable ? [] : ["frozen"];
}
