import { useMemo } from "react";
import type { BoxKind, Family } from "../../document/model";
import { useView } from "../../state/store";
import { coloursOf } from "../../themes/palettes";

const KINDS: readonly (readonly [BoxKind, string])[] = [
  ["module", "module"],
  ["op", "op"],
  ["input", "input"],
  ["output", "output"],
];

/** The colours of the families, or of the kinds, that the model has. */
export function ColourKey() {
  const tables = useView((view) => view.tables);
  const palette = useView((view) => view.palette);
  const theme = useView((view) => view.theme);
  const { by, families, kinds } = coloursOf(palette, theme);
  const present = useMemo(() => countFamilies(tables.boxes), [tables]);
  const entries: readonly (readonly [string, string, BoxKind])[] =
    by === "kind"
      ? KINDS.map(([kind, text]) => [text, kinds[kind], kind] as const)
      : present.map((family) => [family, families[family], markOf(family)] as const);
  return (
    <ul className="key">
      {entries.map(([text, colour, kind]) => (
        <li key={text}>
          <span className="swatch" data-kind={kind} style={{ background: colour }} />
          {text}
        </li>
      ))}
    </ul>
  );
}

/** The families that the boxes have, the commonest first. */
function countFamilies(boxes: readonly { family: Family }[]): Family[] {
  const counts = new Map<Family, number>();
  for (const { family } of boxes) {
    counts.set(family, (counts.get(family) ?? 0) + 1);
  }
  return [...counts].sort(([, one], [, other]) => other - one).map(([family]) => family);
}

function markOf(family: Family): BoxKind {
  return family === "input" || family === "output" ? family : "module";
}
