import { type Palette, type Theme, useView } from "./store";

const KEY = "visunn";
const PALETTES: readonly unknown[] = ["standard", "classic", "contrast"] satisfies Palette[];
const THEMES: readonly unknown[] = ["dark", "light"] satisfies Theme[];

/** Sets theme, palette and motion as the reader had them last, else as their system asks. */
export function restorePreferences(): void {
  const { theme, palette } = recall();
  const view = useView.getState();
  view.setTheme(
    THEMES.includes(theme) ? (theme as Theme) : prefers("(prefers-color-scheme: light)") ? "light" : "dark",
  );
  view.setPalette(
    PALETTES.includes(palette)
      ? (palette as Palette)
      : prefers("(prefers-contrast: more)")
        ? "contrast"
        : "standard",
  );
  view.setSpinning(!prefersStillness());
  useView.subscribe((now, before) => {
    if (now.theme !== before.theme || now.palette !== before.palette) {
      remember({ theme: now.theme, palette: now.palette });
    }
  });
}

export function prefersStillness(): boolean {
  return prefers("(prefers-reduced-motion: reduce)");
}

function prefers(query: string): boolean {
  return matchMedia(query).matches;
}

function recall(): { theme?: unknown; palette?: unknown } {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}") as Record<string, unknown>;
  } catch {
    return {}; // A page from disk or in a sandboxed frame may have no storage.
  }
}

function remember(preferences: { theme: Theme; palette: Palette }): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences));
  } catch {
    // As above: the choice then holds for this visit.
  }
}
