import { useDesk } from "../../state/desk";
import { GESTURES, SHORTCUTS } from "../../state/keys";
import { useView } from "../../state/store";
import { Icon } from "../Icon";
import { Dialog } from "./Dialog";
import "./Help.css";

const NAMES: Readonly<Record<string, string>> = { " ": "Space", Backspace: "⌫", Escape: "Esc" };

const TREE: readonly (readonly [string, string])[] = [
  ["↑ ↓", "Next and previous row"],
  ["→ ←", "Open and close, or to the row around"],
  ["Enter", "Drill in, show an op"],
  ["Space", "Expand in place"],
];

/** All keys and what the mouse does. */
export function Help() {
  const generator = useView((view) => view.tables.document.generator);
  return (
    <Dialog name="Help" className="help">
      <header>
        <h2>Keys and mouse</h2>
        <button type="button" className="plain" onClick={() => useDesk.getState().openDialog(null)}>
          <Icon name="close" />
          <span className="unseen">Close</span>
        </button>
      </header>
      <div className="help-columns">
        <KeyList title="Everywhere" rows={SHORTCUTS.map(({ keys, does }) => [spell(keys), does])} />
        <div>
          <KeyList title="In the scene" rows={GESTURES} />
          <KeyList title="In the module tree" rows={TREE} />
        </div>
      </div>
      <footer>Written by {generator}. Nothing on this page is sent anywhere.</footer>
    </Dialog>
  );
}

function KeyList({ title, rows }: { title: string; rows: readonly (readonly [string, string])[] }) {
  return (
    <section>
      <h3>{title}</h3>
      <dl>
        {rows.map(([keys, does]) => (
          <div key={keys}>
            <dt>
              {keys.match(/^[A-Z][a-z]+ |drag|Scroll|Click/)
                ? keys
                : keys.split(" ").map((key) => (key === "–" ? "– " : <kbd key={key}>{key}</kbd>))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** `N`, or `1 – 5` for a run of keys. */
function spell(keys: readonly string[]): string {
  const names = keys.map(nameOf);
  return names.length > 2 ? `${names[0]} – ${names.at(-1)}` : names.join(" ");
}

function nameOf(key: string): string {
  return NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key);
}
