import { type MouseEvent, useEffect, useRef } from "react";
import { picture } from "../graph/svg";
import { useView } from "../state/store";
import { coloursOf } from "../themes/palettes";
import { parseDrawing } from "./trusted";
import "./Diagram.css";

/** The boxes of the scene as a flat drawing, for a browser without WebGL. */
export function Diagram() {
  const view = useView();
  const frame = useRef<HTMLDivElement>(null);
  const { tables, scope, expanded, unfolded, merged, overlay, palette, theme } = view;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is hovered does not change the drawing
  useEffect(() => {
    const drawing = parseDrawing(picture(view, coloursOf(palette, theme)));
    frame.current?.style.setProperty("--drawn", `${drawing.getAttribute("width")}px`);
    frame.current?.replaceChildren(document.importNode(drawing, true));
  }, [tables, scope, expanded, unfolded, merged, overlay, palette, theme]);

  const boxAt = ({ target }: MouseEvent): number | null => {
    const box = target instanceof Element ? target.closest("[data-box]")?.getAttribute("data-box") : null;
    return box === null || box === undefined ? null : Number(box);
  };
  return (
    <div className="diagram">
      <p className="diagram-note">
        This browser has no WebGL, so the model is drawn flat. The tree beside it shows the same boxes.
      </p>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the module tree answers the keys */}
      <div
        ref={frame}
        className="diagram-frame"
        role="group"
        aria-label="Drawing"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by key
        tabIndex={0}
        onMouseMove={(event) => view.hover(boxAt(event))}
        onClick={(event) => {
          const box = boxAt(event);
          if (box !== null) {
            view.drill(box);
          }
        }}
      />
    </div>
  );
}
