import type { Finding } from "../../document/model";

/** Lines of source with the one in question marked, and where they stand. */
export function SourceLines({
  place,
  line,
  lines,
}: {
  place: string;
  line: number;
  lines: Finding["lines"];
}) {
  if (place === "") {
    return null;
  }
  return (
    <figure className="source">
      <figcaption>{place}</figcaption>
      {lines.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by key
        <pre tabIndex={0}>
          {lines.map(([number, text]) => (
            <code key={number} data-line={number} data-marked={number === line}>
              {text === "" ? " " : text}
            </code>
          ))}
        </pre>
      )}
    </figure>
  );
}
