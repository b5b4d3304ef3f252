import { useEffect, useRef } from "react";
import { detailsOf, kindOf, labelOf } from "../document/naming";
import type { Tables } from "../document/tables";
import { useView } from "../state/store";
import "./HoverLabel.css";

const BESIDE = 16;

/** The box under the pointer, with the modules around it, each a step further in. */
export function HoverLabel() {
  const hovered = useView((view) => view.hovered);
  const tables = useView((view) => view.tables);
  const label = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const follow = ({ clientX, clientY, target }: PointerEvent): void => {
      const element = label.current;
      if (element === null) {
        return;
      }
      const isOverStage = target instanceof Element && target.closest(".scene") !== null;
      const left = Math.min(clientX + BESIDE, innerWidth - element.offsetWidth - 8);
      const top = Math.min(clientY + BESIDE, innerHeight - element.offsetHeight - 8);
      element.dataset.shown = String(isOverStage);
      element.style.transform = `translate(${Math.max(left, 8)}px, ${Math.max(top, 8)}px)`;
    };
    addEventListener("pointermove", follow, { passive: true });
    return () => removeEventListener("pointermove", follow);
  }, []);
  return (
    <div ref={label} className="hover-label" data-shown="false" hidden={hovered === null} aria-hidden="true">
      {hovered !== null && <Path tables={tables} box={hovered} />}
    </div>
  );
}

const SHOWN = 6;

function Path({ tables, box }: { tables: Tables; box: number }) {
  const way = [...tables.ancestors(box), box].slice(-SHOWN);
  return way.map((at, depth) => (
    <div key={at} className="hover-step" data-last={at === box} style={{ paddingInlineStart: depth * 12 }}>
      {labelOf(tables, at)}
      {at === box && (
        <span>{[kindOf(tables, at), detailsOf(tables, at)].filter((part) => part !== "").join(" ")}</span>
      )}
    </div>
  ));
}
