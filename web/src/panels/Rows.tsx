import { type HTMLAttributes, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import "./Rows.css";

interface Props extends Omit<HTMLAttributes<HTMLDivElement>, "children"> {
  count: number;
  /** Pixels of one row. */
  height: number;
  /** A row that stays in the page wherever the list is scrolled to, and that is scrolled to when it changes. */
  keep?: number;
  children(row: number): ReactNode;
}

const BEYOND = 6;

/** A list of which only the rows in sight are in the page, however many there are. */
export function Rows({ count, height, keep = -1, children, ...attributes }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [{ top, room }, setSight] = useState({ top: 0, room: 800 });

  useEffect(() => {
    const element = box.current;
    if (element === null) {
      return;
    }
    const look = (): void => setSight({ top: element.scrollTop, room: element.clientHeight });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, []);

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null || keep < 0) {
      return;
    }
    const start = keep * height;
    if (start < element.scrollTop) {
      element.scrollTop = start - 2 * height;
    } else if (start + height > element.scrollTop + element.clientHeight) {
      element.scrollTop = start + 3 * height - element.clientHeight;
    }
  }, [keep, height]);

  const first = Math.max(Math.floor(top / height) - BEYOND, 0);
  const end = Math.min(Math.ceil((top + room) / height) + BEYOND, count);
  const shown = Array.from({ length: Math.max(end - first, 0) }, (_, offset) => first + offset);
  if (keep >= 0 && keep < count && (keep < first || keep >= end)) {
    shown.push(keep);
  }
  return (
    <div {...attributes} ref={box} className={`rows ${attributes.className ?? ""}`}>
      <div className="rows-all" role="presentation" style={{ height: count * height }}>
        {shown.map((row) => (
          <div
            key={row}
            className="rows-one"
            role="presentation"
            style={{ transform: `translateY(${row * height}px)`, height }}
          >
            {children(row)}
          </div>
        ))}
      </div>
    </div>
  );
}
