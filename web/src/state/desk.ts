import { create } from "zustand";

export type Tab = "modules" | "findings" | "figures" | "changes";
export type Dialog = "search" | "help";

export interface Notice {
  tone: "info" | "error";
  text: string;
}

/** Which panels lie open on the page; what they tell of is in the View. */
interface Desk {
  tab: Tab;
  /** On a narrow page one sheet covers a part of the stage, or none. */
  sheet: "dock" | "inspector" | null;
  dock: boolean;
  inspector: boolean;
  dialog: Dialog | null;
  /** The finding that N and P count from. */
  finding: number | null;
  notice: Notice | null;

  openTab(tab: Tab): void;
  setDock(open: boolean): void;
  setInspector(open: boolean): void;
  setSheet(sheet: Desk["sheet"]): void;
  openDialog(dialog: Dialog | null): void;
  setFinding(finding: number | null): void;
  notify(notice: Notice | null): void;
}

export const useDesk = create<Desk>()((set) => ({
  tab: "modules",
  sheet: null,
  dock: true,
  inspector: true,
  dialog: null,
  finding: null,
  notice: null,

  openTab: (tab) => set({ tab, dock: true, sheet: "dock" }),
  setDock: (dock) => set({ dock }),
  setInspector: (inspector) => set({ inspector }),
  setSheet: (sheet) => set({ sheet }),
  openDialog: (dialog) => set({ dialog }),
  setFinding: (finding) => set({ finding }),
  notify: (notice) => set({ notice }),
}));
