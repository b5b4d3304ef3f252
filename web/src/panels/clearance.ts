import { useEffect } from "react";

const EDGES = [
  [".header", "top", "bottom"],
  [".dock", "left", "right"],
  [".side", "right", "left"],
  [".toolbar", "bottom", "top"],
] as const;

/** Tells the scene, in `--clear-*` of the page, how many pixels at its edges the panels cover. */
export function useClearance(): void {
  useEffect(() => {
    const panels = EDGES.map(([selector]) => document.querySelector<HTMLElement>(selector));
    const observer = new ResizeObserver(() => measure(panels));
    for (const panel of panels) {
      if (panel !== null) {
        observer.observe(panel);
      }
    }
    const onMove = (): void => measure(panels);
    addEventListener("resize", onMove);
    addEventListener("transitionend", onMove);
    return () => {
      observer.disconnect();
      removeEventListener("resize", onMove);
      removeEventListener("transitionend", onMove);
    };
  }, []);
}

function measure(panels: readonly (HTMLElement | null)[]): void {
  const room = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
  EDGES.forEach(([, edge, inner], index) => {
    const panel = panels[index];
    const covered =
      panel === null || panel === undefined ? 0 : Math.abs(panel.getBoundingClientRect()[inner] - room[edge]);
    const isAtEdge = covered < Math.max(innerWidth, innerHeight) / 2;
    document.documentElement.style.setProperty(`--clear-${edge}`, `${isAtEdge ? Math.round(covered) : 0}px`);
  });
}
