import { useDesk } from "./desk";
import { stepFinding } from "./findings";
import { type Overlay, useView } from "./store";

/** A key, what it does in a few words, and the doing. */
export interface Shortcut {
  keys: readonly string[];
  does: string;
  run(key: string): void;
}

const view = () => useView.getState();
const desk = () => useDesk.getState();

/** Keys of the whole page; a panel with the focus may take them first. */
export const SHORTCUTS: readonly Shortcut[] = [
  { keys: ["/"], does: "Search", run: () => desk().openDialog("search") },
  { keys: ["?"], does: "Show this help", run: () => desk().openDialog("help") },
  { keys: ["n"], does: "Next finding", run: () => stepFinding(1) },
  { keys: ["p"], does: "Previous finding", run: () => stepFinding(-1) },
  {
    keys: ["Enter"],
    does: "Drill into the selected module",
    run: () => onSelected((box) => view().drill(box)),
  },
  {
    keys: [" "],
    does: "Expand the selected module in place",
    run: () => onSelected((box) => view().toggle(box)),
  },
  { keys: ["Backspace"], does: "Previous module: the one around", run: () => view().leave() },
  { keys: ["h"], does: "Root module", run: () => view().home() },
  { keys: ["r"], does: "Reset rotation", run: () => view().requestCamera("rotation") },
  { keys: ["o"], does: "Reset position", run: () => view().requestCamera("position") },
  { keys: ["f"], does: "Fold or unfold repeated blocks", run: toggleFolds },
  { keys: ["m"], does: "Merge or split calls of one module", run: () => view().setMerged(!view().merged) },
  {
    keys: ["1", "2", "3", "4", "5"],
    does: "Colour by family, parameters, FLOPs, bytes, changes",
    run: (key) => colourBy(OVERLAYS[Number(key) - 1] ?? "family"),
  },
  {
    keys: ["t"],
    does: "Dark or light",
    run: () => view().setTheme(view().theme === "dark" ? "light" : "dark"),
  },
  { keys: ["Escape"], does: "Close what is open, else select nothing", run: close },
];

/** What the scene itself does with mouse and keys; told here, done there. */
export const GESTURES: readonly (readonly [string, string])[] = [
  ["Left drag", "Rotate"],
  ["Right drag", "Move"],
  ["Scroll", "Zoom to the pointer"],
  ["Arrow keys", "Move"],
  ["+ −", "Zoom"],
  ["Click", "Drill into a module, select an op"],
  ["Shift click", "Expand a module in place"],
];

const OVERLAYS: readonly Overlay[] = ["family", "parameters", "flops", "bytes", "changes"];

/** Answers the keys of the page until the function that comes back is called. */
export function listen(): () => void {
  addEventListener("keydown", answer);
  return () => removeEventListener("keydown", answer);
}

function answer(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTaken(event)) {
    return;
  }
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const shortcut = SHORTCUTS.find(({ keys }) => keys.includes(key));
  if (shortcut !== undefined) {
    event.preventDefault();
    shortcut.run(key);
  }
}

/** Whether the element with the focus has a use for the key itself. */
function isTaken({ key, target }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement) || desk().dialog !== null) {
    return desk().dialog !== null;
  }
  if (target.matches("input:not([type=radio]), textarea, select")) {
    return key !== "Escape";
  }
  return (
    target.matches("button, a, summary, input, [role=treeitem], [role=tab]") &&
    (key === "Enter" || key === " ")
  );
}

function onSelected(act: (box: number) => void): void {
  const { selected } = view();
  if (selected !== null) {
    act(selected);
  }
}

function colourBy(overlay: Overlay): void {
  if (overlay !== "changes" || view().tables.document.against !== null) {
    view().setOverlay(overlay);
  }
}

export function toggleFolds(): void {
  const { tables, unfolded, goTo } = view();
  const folds = tables.document.folds.map((_, position) => position);
  goTo({ unfolded: new Set(unfolded.size < folds.length ? folds : []) });
}

function close(): void {
  if (desk().sheet !== null) {
    desk().setSheet(null);
  } else if (desk().notice !== null) {
    desk().notify(null);
  } else {
    view().select(null);
  }
}
