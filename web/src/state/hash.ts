import { addressOf, findAddress } from "../document/addresses";
import type { BoxId } from "../document/model";
import type { Tables } from "../document/tables";
import { openAtFirst } from "../graph/opening";
import { type Overlay, type Place, useView } from "./store";

const OVERLAYS: readonly string[] = ["family", "parameters", "flops", "bytes", "changes"] satisfies Overlay[];

/** The place as the part of a link behind `#`; "" for where the page begins. */
export function write(tables: Tables, place: Place): string {
  const address = (box: BoxId): string => addressOf(tables, box);
  const firsts = [...place.unfolded].flatMap((fold) => tables.document.folds[fold]?.members[0] ?? []);
  const parts = [
    place.scope === 0 ? "" : `in=${address(place.scope)}`,
    place.selected === null ? "" : `at=${address(place.selected)}`,
    isAlike(place.expanded, openAtFirst(tables, place.scope))
      ? ""
      : `open=${[...place.expanded].map(address).join(",")}`,
    firsts.length === 0 ? "" : `unfold=${firsts.map(address).join(",")}`,
    place.overlay === "family" ? "" : `show=${place.overlay}`,
    place.merged ? "merged" : "",
  ];
  return parts.filter((part) => part !== "").join("&");
}

/** The place that the part of a link behind `#` points to; what the model does not have is left out. */
export function read(tables: Tables, hash: string): Place {
  const fields = new Map(hash.split("&").map((part) => split(part)));
  const find = (name: string): BoxId | null => {
    const address = fields.get(name);
    return address === undefined ? null : findAddress(tables, address);
  };
  const findAll = (name: string): BoxId[] =>
    (fields.get(name) ?? "")
      .split(",")
      .filter((address) => address !== "")
      .flatMap((address) => findAddress(tables, address) ?? []);
  const overlay = fields.get("show") ?? "";
  const scope = find("in") ?? 0;
  return {
    scope,
    selected: find("at"),
    expanded: fields.has("open") ? new Set(findAll("open")) : openAtFirst(tables, scope),
    unfolded: new Set(
      findAll("unfold")
        .map(tables.foldOf)
        .filter((fold) => fold >= 0),
    ),
    overlay: OVERLAYS.includes(overlay) ? (overlay as Overlay) : "family",
    merged: fields.has("merged"),
  };
}

function isAlike(a: ReadonlySet<BoxId>, b: ReadonlySet<BoxId>): boolean {
  return a.size === b.size && [...a].every((box) => b.has(box));
}

function split(part: string): [string, string] {
  const at = part.indexOf("=");
  return at < 0 ? [part, ""] : [part.slice(0, at), part.slice(at + 1)];
}

/**
 * Keeps the page's link and what it shows in step, until the function that comes back is called.
 *
 * Going elsewhere is a step that the browser's buttons take back; selecting and opening are not.
 */
export function follow(): () => void {
  const restore = (): void => {
    const view = useView.getState();
    view.goTo(read(view.tables, location.hash.slice(1)));
  };
  const record = (view: Place & { tables: Tables }, before: Place & { tables: Tables }): void => {
    if (!differs(view, before)) {
      return;
    }
    const link = `#${write(view.tables, view)}`;
    if (link !== (location.hash || "#")) {
      const isStep =
        view.scope !== before.scope || view.overlay !== before.overlay || view.merged !== before.merged;
      setLink(link, isStep);
    }
  };
  restore();
  addEventListener("popstate", restore);
  const stop = useView.subscribe(record);
  return () => {
    removeEventListener("popstate", restore);
    stop();
  };
}

function differs(view: Place, before: Place): boolean {
  const names = ["scope", "selected", "expanded", "unfolded", "overlay", "merged"] as const;
  return names.some((name) => view[name] !== before[name]);
}

/** A page in a sandboxed frame may have no link of its own; it works as well without. */
function setLink(link: string, isStep: boolean): void {
  try {
    history[isStep ? "pushState" : "replaceState"](null, "", link);
  } catch {
    // A browser also refuses more than a few hundred changes a minute.
  }
}
