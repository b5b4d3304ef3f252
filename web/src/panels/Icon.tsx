import "./Icon.css";

/** Strokes on a field of 16 by 16. */
const STROKES = {
  search: "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10ZM10.7 10.7 14 14",
  up: "M8 13V3M3.5 7.5 8 3l4.5 4.5",
  home: "M2.5 8 8 3l5.5 5M4 7v6h8V7M7 13V9.5h2V13",
  rotate: "M13.5 8A5.5 5.5 0 1 1 11.6 3.8M13.5 2v3.2h-3.2",
  centre: "M8 1.5v3M8 11.5v3M1.5 8h3M11.5 8h3M8 10.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4Z",
  fold: "M3 3.5h10M3 12.5h10M5.5 6.5h5v3h-5Z",
  merge: "M3 3v2.5C3 8 5 8 8 8s5 0 5 2.5V13M13 3v2.5C13 8 11 8 8 8M11 11.2l2 2 2-2",
  moon: "M13.2 9.8A5.6 5.6 0 0 1 6.2 2.8a5.6 5.6 0 1 0 7 7Z",
  sun: "M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6ZM8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3 3l1.2 1.2M11.8 11.8 13 13M13 3l-1.2 1.2M4.2 11.8 3 13",
  save: "M8 2v8M4.5 6.8 8 10.2l3.5-3.4M2.5 13.5h11",
  help: "M5.8 6a2.2 2.2 0 1 1 3.3 1.9c-.7.4-1.1.8-1.1 1.6M8 11.9v.1",
  close: "M4 4l8 8M12 4l-8 8",
  right: "M6 3.5 10.5 8 6 12.5",
  down: "M3.5 6 8 10.5 12.5 6",
  left: "M10 3.5 5.5 8l4.5 4.5",
  expand: "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10",
  enter: "M9 2.5h4.5v11H9M2.5 8h7M6.8 5.2 9.6 8l-2.8 2.8",
  eye: "M1.5 8S4 3.8 8 3.8 14.5 8 14.5 8 12 12.2 8 12.2 1.5 8 1.5 8ZM8 9.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6Z",
  tree: "M3 3h4M3 3v10M3 8h4M3 13h4M10 3h3M10 8h3M10 13h3",
  table: "M2.5 3h11v10h-11ZM2.5 6.5h11M2.5 9.8h11M6.5 3v10",
  compare: "M5.5 2.5v11M10.5 2.5v11M2.5 5.5l3-3 3 3M7.5 10.5l3 3 3-3",
  inspect: "M3 2.5h10v11H3ZM5.5 5.5h5M5.5 8h5M5.5 10.5h3",
  palette:
    "M8 14A6 6 0 1 1 14 8c0 2-1.5 2.2-2.7 2.2-1.6 0-2 1-1.5 2C10.2 13 9.5 14 8 14ZM5 7.5v.1M7.2 5v.1M10.5 5.8v.1",
  error: "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4",
  warning: "M8 2 14.8 13.8H1.2ZM8 6.5v3.2M8 11.7v.1",
  info: "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM8 7.4v3.8M8 4.9V5",
} as const;

export type IconName = keyof typeof STROKES;

/** A picture beside a word, or in a button that has a name of its own. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={STROKES[name]} />
    </svg>
  );
}
