import { addressOf, findAddress } from "../document/addresses";
import type { BoxId } from "../document/model";
import type { Tables } from "../document/tables";
import { openAtFirst } from "../graph/opening";
import type { View } from "./store";

/** What makes the box visible: a scope that holds it, with all that stands between the two opened. */
export function uncover({ tables, scope, expanded, unfolded }: View, box: BoxId): Partial<View> {
  const around = tables.ancestors(box);
  const within =
    tables.isWithin(box, scope) && box !== scope
      ? scope
      : (around.findLast((at) => tables.isWithin(scope, at)) ?? 0);
  const between = around.slice(around.indexOf(within) + 1);
  return {
    scope: within,
    expanded: new Set([...expanded, ...between]),
    unfolded: new Set([...unfolded, ...hidingFolds(tables, [...between, box])]),
    selected: box,
    shown: box,
  };
}

/** The folds that must be open for these boxes to be seen: those that another member stands for. */
function hidingFolds(tables: Tables, boxes: readonly BoxId[]): number[] {
  return boxes.flatMap((box) => {
    const fold = tables.foldOf(box);
    return fold >= 0 && tables.document.folds[fold]?.members[0] !== box ? [fold] : [];
  });
}

/** Where the reader is, in another capture of the model; what it lacks falls away. */
export function carryOver(view: View, tables: Tables): Partial<View> {
  if (view.tables.boxes.length === 0) {
    return { expanded: openAtFirst(tables, 0) };
  }
  const move = (box: BoxId | null): BoxId | null =>
    box === null ? null : findAddress(tables, addressOf(view.tables, box));
  const present = (box: BoxId | null): box is BoxId => box !== null;
  const openFolds = [...view.unfolded].map((fold) =>
    move(view.tables.document.folds[fold]?.members[0] ?? null),
  );
  return {
    scope: move(view.scope) ?? 0,
    selected: move(view.selected),
    shown: move(view.shown),
    expanded: new Set([...view.expanded].map(move).filter(present)),
    unfolded: new Set(
      openFolds
        .filter(present)
        .map((box) => tables.foldOf(box))
        .filter((fold) => fold >= 0),
    ),
    overlay: tables.document.against === null && view.overlay === "changes" ? "family" : view.overlay,
  };
}
