import { Fragment } from "react";
import { useView } from "../../state/store";

/** A tensor's shape with the axes that follow the batch size set apart, and its dtype. */
export function Shape({ spec }: { spec: number }) {
  const found = useView((view) => view.tables.spec(spec));
  if (found === null) {
    return <span className="shape">not known</span>;
  }
  const { shape, batch, dtype, device } = found;
  return (
    <span className="shape">
      {shape.length === 0 && "scalar"}
      {shape.map((size, axis) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an axis is its position
        <Fragment key={axis}>
          {axis > 0 && "×"}
          {batch.includes(axis) ? (
            <span className="batch" title="follows the batch size">
              {size}
            </span>
          ) : (
            size
          )}
        </Fragment>
      ))}{" "}
      <span className="dtype">{device === "cpu" || device === "meta" ? dtype : `${dtype}, ${device}`}</span>
    </span>
  );
}
