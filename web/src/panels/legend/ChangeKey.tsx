import type { ChangeKind } from "../../document/model";
import { useView } from "../../state/store";
import { coloursOf } from "../../themes/palettes";

const KINDS: readonly (readonly [ChangeKind, string])[] = [
  ["added", "added"],
  ["changed", "changed"],
  ["moved", "moved"],
  ["removed", "removed, a ghost"],
];

/** The colours of what changed. */
export function ChangeKey() {
  const palette = useView((view) => view.palette);
  const theme = useView((view) => view.theme);
  const { changes, mute } = coloursOf(palette, theme);
  return (
    <ul className="key">
      {KINDS.map(([kind, text]) => (
        <li key={kind}>
          <span className="swatch" style={{ background: changes[kind] }} />
          {text}
        </li>
      ))}
      <li>
        <span className="swatch" style={{ background: mute }} />
        as before
      </li>
    </ul>
  );
}
