import { useDesk } from "../state/desk";
import { Icon } from "./Icon";
import { Inspector } from "./inspector/Inspector";
import { Legend } from "./legend/Legend";
import "./Side.css";

/** What is known of one box, above what the colours mean. */
export function Side() {
  const isOpen = useDesk((desk) => desk.inspector);
  const sheet = useDesk((desk) => desk.sheet);
  const { setInspector } = useDesk.getState();
  return (
    <aside className="side" aria-label="Inspector" data-open={isOpen} data-sheet={sheet === "inspector"}>
      <div className="card side-inspector">
        <Inspector />
      </div>
      <div className="card side-legend">
        <Legend />
      </div>
      <button
        type="button"
        className="side-fold plain"
        aria-expanded={isOpen}
        onClick={() => setInspector(!isOpen)}
      >
        <Icon name={isOpen ? "right" : "left"} />
        <span className="unseen">{isOpen ? "Hide inspector" : "Show inspector"}</span>
      </button>
    </aside>
  );
}
