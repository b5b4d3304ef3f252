import { type KeyboardEvent, useId, useMemo, useState } from "react";
import { plural } from "../../document/figures";
import type { BoxId } from "../../document/model";
import { detailsOf, kindOf, pathOf, shapeText } from "../../document/naming";
import { highlight, indexBoxes, searchBoxes, wordsOf } from "../../document/searching";
import { useDesk } from "../../state/desk";
import { useView } from "../../state/store";
import { Icon } from "../Icon";
import { Rows } from "../Rows";
import { Swatch } from "../Swatch";
import { Dialog } from "./Dialog";
import "./Search.css";

/** Finds boxes by path, kind, op or shape, and leads to the one that is chosen. */
export function Search() {
  const tables = useView((view) => view.tables);
  const index = useMemo(() => indexBoxes(tables), [tables]);
  const [question, setQuestion] = useState("");
  const [active, setActive] = useState(0);
  const id = useId();
  const hits = useMemo(() => searchBoxes(index, question), [index, question]);
  const words = wordsOf(question);

  const choose = (row: number): void => {
    const hit = hits[row];
    if (hit !== undefined) {
      useDesk.getState().openDialog(null);
      useView.getState().fly(hit.box);
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    const step = steps[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setActive(Math.max(Math.min(active + step, hits.length - 1), 0));
    } else if (event.key === "Enter") {
      event.preventDefault();
      choose(active);
    }
  };
  return (
    <Dialog name="Search" className="search">
      <div className="search-field">
        <Icon name="search" />
        <input
          type="search"
          role="combobox"
          aria-expanded={hits.length > 0}
          aria-controls={`${id}-hits`}
          aria-activedescendant={hits.length > 0 ? `${id}-${active}` : undefined}
          aria-label="Search"
          placeholder="Path, kind, op or shape: layer1 conv, gelu, 64×56×56"
          value={question}
          onChange={(event) => {
            setQuestion(event.target.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
        />
        <kbd>Esc</kbd>
      </div>
      {question !== "" && (
        <>
          <Rows
            role="listbox"
            id={`${id}-hits`}
            aria-label="Boxes found"
            className="search-hits"
            count={hits.length}
            height={46}
            keep={active}
            style={{ height: Math.min(hits.length, 9) * 46 }}
          >
            {(row) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: Enter in the field above does it
              <div
                role="option"
                id={`${id}-${row}`}
                className="hit"
                aria-selected={row === active}
                onClick={() => choose(row)}
                onMouseMove={() => setActive(row)}
              >
                <HitText box={hits[row]?.box ?? 0} words={words} />
              </div>
            )}
          </Rows>
          <p className="search-count" role="status">
            {hits.length === 0
              ? "Nothing is called so."
              : plural(hits.length, "box").replace("boxs", "boxes")}
          </p>
        </>
      )}
    </Dialog>
  );
}

function HitText({ box, words }: { box: BoxId; words: readonly string[] }) {
  const tables = useView((view) => view.tables);
  const kind = [kindOf(tables, box), detailsOf(tables, box)].filter((part) => part !== "").join(" ");
  const shape = shapeText(tables.spec(tables.boxes[box]?.outputs[0]?.[1] ?? -1));
  return (
    <>
      <Swatch box={box} />
      <span className="hit-path">
        <Marked text={pathOf(tables, box)} words={words} />
      </span>
      <span className="hit-kind">
        <Marked text={kind} words={words} />
      </span>
      <span className="hit-shape">
        <Marked text={shape} words={words} />
      </span>
    </>
  );
}

function Marked({ text, words }: { text: string; words: readonly string[] }) {
  return highlight(text, words).map((piece, position) => {
    const key = `${position}`;
    return piece.isHit ? <mark key={key}>{piece.text}</mark> : <span key={key}>{piece.text}</span>;
  });
}
