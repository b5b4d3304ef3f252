import { type Overlay, useView } from "../../state/store";

const NAMES: readonly (readonly [Overlay, string, string])[] = [
  ["family", "Kind", "Colour by what each box does (1)"],
  ["parameters", "Params", "Heat map of parameters (2)"],
  ["flops", "FLOPs", "Heat map of floating-point operations (3)"],
  ["bytes", "Memory", "Heat map of activation bytes (4)"],
  ["changes", "Diff", "What changed since the other model (5)"],
];

/** What the boxes are coloured by. */
export function Overlays() {
  const overlay = useView((view) => view.overlay);
  const isDiff = useView((view) => view.tables.document.against !== null);
  const { setOverlay } = useView.getState();
  return (
    <fieldset className="overlays">
      <legend className="unseen">Colour by</legend>
      {NAMES.filter(([name]) => isDiff || name !== "changes").map(([name, text, hint]) => (
        <label key={name} title={hint}>
          <input type="radio" name="overlay" checked={overlay === name} onChange={() => setOverlay(name)} />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  );
}
