import { GESTURES } from "../../state/keys";

const SIZES: readonly (readonly [string, string])[] = [
  ["Height", "parameters"],
  ["Base", "size of the output"],
  ["Line width", "size of the tensor"],
];

/** How to read the scene and how to move in it. */
export function HowTo() {
  return (
    <details className="how-to" open>
      <summary>How to read and move</summary>
      <dl>
        {[...SIZES, ...GESTURES].map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
