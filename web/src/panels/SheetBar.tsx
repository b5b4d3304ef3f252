import { type Tab, useDesk } from "../state/desk";
import { useView } from "../state/store";
import { Icon, type IconName } from "./Icon";
import "./SheetBar.css";

const LISTS: readonly (readonly [Tab, string, IconName])[] = [
  ["modules", "Modules", "tree"],
  ["findings", "Findings", "warning"],
  ["figures", "Figures", "table"],
  ["changes", "Diff", "compare"],
];

/** On a narrow page: which of the panels covers the lower part of the scene. */
export function SheetBar() {
  const { sheet, tab } = useDesk();
  const isDiff = useView((view) => view.tables.document.against !== null);
  const { openTab, setSheet } = useDesk.getState();
  return (
    <nav className="sheet-bar" aria-label="Panels">
      {LISTS.filter(([name]) => isDiff || name !== "changes").map(([name, text, icon]) => {
        const isOpen = sheet === "dock" && tab === name;
        return (
          <button
            key={name}
            type="button"
            aria-pressed={isOpen}
            onClick={() => (isOpen ? setSheet(null) : openTab(name))}
          >
            <Icon name={icon} />
            {text}
          </button>
        );
      })}
      <button
        type="button"
        aria-pressed={sheet === "inspector"}
        onClick={() => setSheet(sheet === "inspector" ? null : "inspector")}
      >
        <Icon name="inspect" />
        Inspect
      </button>
    </nav>
  );
}
