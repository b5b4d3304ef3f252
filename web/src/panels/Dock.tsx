import { type KeyboardEvent, useRef } from "react";
import { type Tab, useDesk } from "../state/desk";
import { useView } from "../state/store";
import { Findings } from "./findings/Findings";
import { Icon, type IconName } from "./Icon";
import { Changes } from "./lists/Changes";
import { Figures } from "./lists/Figures";
import { ModuleTree } from "./tree/ModuleTree";
import "./Dock.css";

interface TabName {
  tab: Tab;
  name: string;
  icon: IconName;
  count: number;
}

/** Lists of what is in the model, one at a time. */
export function Dock() {
  const tab = useDesk((desk) => desk.tab);
  const isOpen = useDesk((desk) => desk.dock);
  const sheet = useDesk((desk) => desk.sheet);
  const { setDock } = useDesk.getState();
  return (
    <aside
      className="dock card"
      aria-label="Lists"
      data-open={isOpen}
      data-sheet={sheet === "dock"}
      data-tab={tab}
    >
      <TabBar />
      <div id="dock-panel" className="dock-panel" role="tabpanel" aria-labelledby={`tab-${tab}`}>
        {tab === "modules" && <ModuleTree />}
        {tab === "findings" && <Findings />}
        {tab === "figures" && <Figures />}
        {tab === "changes" && <Changes />}
      </div>
      <button
        type="button"
        className="dock-fold plain"
        aria-expanded={isOpen}
        onClick={() => setDock(!isOpen)}
      >
        <Icon name={isOpen ? "left" : "right"} />
        <span className="unseen">{isOpen ? "Hide lists" : "Show lists"}</span>
      </button>
    </aside>
  );
}

function TabBar() {
  const document = useView((view) => view.tables.document);
  const current = useDesk((desk) => desk.tab);
  const bar = useRef<HTMLDivElement>(null);
  const { openTab } = useDesk.getState();
  const tabs = tabsOf(document.findings.length, document.against?.changes.length ?? null);
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const at = (tabs.findIndex(({ tab }) => tab === current) + step + tabs.length) % tabs.length;
      openTab(tabs[at]?.tab ?? "modules");
      bar.current?.querySelectorAll<HTMLElement>("[role=tab]")[at]?.focus();
    }
  };
  return (
    <div ref={bar} className="tabs" role="tablist" aria-label="Lists" onKeyDown={onKeyDown}>
      {tabs.map(({ tab, name, count }) => (
        <button
          key={tab}
          id={`tab-${tab}`}
          type="button"
          role="tab"
          aria-selected={tab === current}
          aria-controls="dock-panel"
          tabIndex={tab === current ? 0 : -1}
          onClick={() => openTab(tab)}
        >
          {name}
          {count > 0 && <span className="tab-count">{count}</span>}
        </button>
      ))}
    </div>
  );
}

function tabsOf(findings: number, changes: number | null): TabName[] {
  return [
    { tab: "modules", name: "Modules", icon: "tree", count: 0 },
    { tab: "findings", name: "Findings", icon: "warning", count: findings },
    { tab: "figures", name: "Figures", icon: "table", count: 0 },
    ...(changes === null ? [] : [{ tab: "changes", name: "Diff", icon: "compare", count: changes } as const]),
  ];
}
