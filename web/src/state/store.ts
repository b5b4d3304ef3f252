import { create } from "zustand";
import type { BoxId, Document } from "../document/model";
import { type Tables, tabulate } from "../document/tables";
import { openAtFirst } from "../graph/opening";
import { carryOver, uncover } from "./places";

export type Overlay = "family" | "parameters" | "flops" | "bytes" | "changes";
export type Palette = "standard" | "classic" | "contrast";
export type Theme = "dark" | "light";

/** A wish to the camera; `turn` counts up, so that the same wish can be made twice. */
export interface CameraRequest {
  kind: "fit" | "rotation" | "position" | "fly";
  box: BoxId | null;
  turn: number;
}

/** What a link to this page restores. */
export interface Place {
  scope: BoxId;
  selected: BoxId | null;
  expanded: ReadonlySet<BoxId>;
  unfolded: ReadonlySet<number>;
  merged: boolean;
  overlay: Overlay;
}

export interface View extends Place {
  tables: Tables;
  hovered: BoxId | null;
  /** The box that the inspector tells of: the one under the pointer, else the last one. */
  shown: BoxId | null;
  palette: Palette;
  theme: Theme;
  spinning: boolean;
  camera: CameraRequest;
}

export interface Actions {
  /** Shows another document; what was open and selected stays so where it still exists. */
  open(tables: Tables): void;
  drill(box: BoxId): void;
  leave(): void;
  home(): void;
  toggle(box: BoxId): void;
  unfold(fold: number): void;
  fold(fold: number): void;
  setMerged(merged: boolean): void;
  select(box: BoxId | null): void;
  hover(box: BoxId | null): void;
  /** Opens what stands around the box, selects it and turns the camera to it. */
  fly(box: BoxId): void;
  /** Goes where a link points to. */
  goTo(place: Partial<Place>): void;
  setOverlay(overlay: Overlay): void;
  setPalette(palette: Palette): void;
  setTheme(theme: Theme): void;
  setSpinning(spinning: boolean): void;
  stopSpinning(): void;
  requestCamera(kind: CameraRequest["kind"], box?: BoxId | null): void;
}

const NOTHING: Document = {
  format: "visunn.graph/1",
  generator: "",
  name: "",
  capture: { engine: "", rung: "", mode: "", reason: "", inputs: "", inferred: false },
  totals: {
    parameters: 0,
    trainable: 0,
    parameter_bytes: 0,
    activation_bytes: 0,
    flops: 0,
    modules: 0,
    ops: 0,
  },
  files: [],
  specs: [],
  modules: [],
  boxes: [],
  edges: [],
  folds: [],
  findings: [],
  failure: null,
  against: null,
};

const START: Place = {
  scope: 0,
  selected: null,
  expanded: new Set(),
  unfolded: new Set(),
  merged: false,
  overlay: "family",
};

export const useView = create<View & Actions>()((set, get) => ({
  ...START,
  tables: tabulate(NOTHING),
  hovered: null,
  shown: null,
  palette: "standard",
  theme: "dark",
  spinning: false,
  camera: { kind: "fit", box: null, turn: 0 },

  open: (tables) => set((view) => ({ ...carryOver(view, tables), tables, hovered: null })),
  drill: (box) => {
    if (get().tables.isLeaf(box)) {
      get().select(box);
    } else {
      get().goTo({ scope: box, selected: null });
    }
  },
  leave: () => {
    const { scope, tables } = get();
    if (scope !== 0) {
      get().goTo({ scope: tables.boxes[scope]?.parent ?? 0, selected: scope });
    }
  },
  home: () => get().goTo({ scope: 0, selected: null }),
  toggle: (box) => {
    if (!get().tables.isLeaf(box)) {
      set((view) => ({ expanded: flip(view.expanded, box) }));
    }
  },
  unfold: (fold) => set((view) => ({ unfolded: new Set(view.unfolded).add(fold) })),
  fold: (fold) => set((view) => ({ unfolded: new Set([...view.unfolded].filter((open) => open !== fold)) })),
  setMerged: (merged) => set({ merged }),
  select: (box) => set((view) => ({ selected: box, shown: box ?? view.shown })),
  hover: (box) =>
    set((view) =>
      view.hovered === box ? view : { hovered: box, shown: box ?? view.selected ?? view.shown },
    ),
  fly: (box) => {
    set((view) => uncover(view, box));
    get().requestCamera("fly", box);
  },
  goTo: (place) => {
    set((view) => ({
      expanded: place.scope === undefined ? view.expanded : openAtFirst(view.tables, place.scope),
      ...place,
      shown: place.selected ?? place.scope ?? view.shown,
      hovered: null,
    }));
    if (place.scope !== undefined) {
      get().requestCamera("fit");
    }
  },
  setOverlay: (overlay) => set({ overlay }),
  setPalette: (palette) => set({ palette }),
  setTheme: (theme) => set({ theme }),
  setSpinning: (spinning) => set({ spinning }),
  stopSpinning: () => set((view) => (view.spinning ? { spinning: false } : view)),
  requestCamera: (kind, box = null) => set((view) => ({ camera: { kind, box, turn: view.camera.turn + 1 } })),
}));

function flip(boxes: ReadonlySet<BoxId>, box: BoxId): ReadonlySet<BoxId> {
  const flipped = new Set(boxes);
  if (!flipped.delete(box)) {
    flipped.add(box);
  }
  return flipped;
}
