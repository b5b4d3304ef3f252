import { useEffect } from "react";

type Edge = "top" | "right" | "bottom" | "left";

const PANELS: readonly (readonly [string, Edge])[] = [
  [".header", "top"],
  [".dock", "left"],
  [".side", "right"],
  [".toolbar", "bottom"],
];
const NARROW = "(max-width: 760px)";

/** Tells the scene, in `--clear-*` of the page, how many pixels at its edges the panels cover. */
export function useClearance(): void {
  useEffect(() => {
    const observer = new ResizeObserver(measure);
    for (const [selector] of PANELS) {
      const panel = document.querySelector(selector);
      if (panel !== null) {
        observer.observe(panel);
      }
    }
    addEventListener("resize", measure);
    return () => {
      observer.disconnect();
      removeEventListener("resize", measure);
    };
  }, []);
}

function measure(): void {
  const isNarrow = matchMedia(NARROW).matches;
  const covered: Record<Edge, number> = { top: 0, right: 0, bottom: 0, left: 0 };
  for (const [selector, edge] of PANELS) {
    const panel = document.querySelector(selector)?.getBoundingClientRect();
    if (panel !== undefined && panel.width > 0) {
      const at = isNarrow && edge !== "top" ? "bottom" : edge; // There the lists lie along the lower edge.
      covered[at] = Math.max(covered[at], depthOf(panel, at));
    }
  }
  for (const [edge, depth] of Object.entries(covered)) {
    document.documentElement.style.setProperty(`--clear-${edge}`, `${Math.round(depth)}px`);
  }
}

/** How far a panel reaches in from an edge of the page. */
function depthOf(panel: DOMRect, edge: Edge): number {
  return {
    top: panel.bottom,
    right: innerWidth - panel.left,
    bottom: innerHeight - panel.top,
    left: panel.right,
  }[edge];
}
