import type { BoxId } from "../../document/model";
import { Crowd } from "../../graph/crowd";
import { detailOf, nameOf } from "../../graph/naming";
import type { Picture } from "../../graph/picture";
import type { Rig } from "../camera/rig";
import type { Pen, Triple } from "./pen";
import { type Name, writeName, writeTitle } from "./writing";

interface Attention {
  selected: BoxId | null;
  hovered: BoxId | null;
}

const MOST = 240;
const SMALLEST = 11;
const DETAILED = 34;

/** Chooses each frame which boxes are named: what matters first, until the screen is full. */
export class Names {
  private names: Name[] = [];
  private picture: Picture | null = null;
  private kept: Name[] = [];
  private byBox = new Map<BoxId, Name>();
  private before = new Set<Name>();

  constructor(private readonly pen: Pen) {}

  show(picture: Picture): void {
    this.picture = picture;
    this.before.clear();
    this.names = picture.visible.shown.map((shown, position) => {
      const found = picture.told[position]!;
      const { change } = picture.tables.boxes[shown.box]!;
      const size = picture.sizes[3 * position]! + picture.sizes[3 * position + 2]!;
      return {
        position,
        name: nameOf(picture.tables, shown),
        detail: detailOf(picture.tables, shown),
        severity: found.severity,
        findings: found.count,
        change,
        isKept: found.severity !== null || isEnd(picture, position),
        weight:
          (found.severity === null ? 0 : 1000) +
          (change === null ? 0 : 500) +
          size +
          2 * picture.sizes[3 * position + 1]!,
      };
    });
    this.byBox = new Map(this.names.map((name, position) => [picture.visible.shown[position]!.box, name]));
    this.names.sort((a, b) => b.weight - a.weight);
    this.kept = this.names.filter(({ isKept }) => isKept);
  }

  /** Writes the letters for one frame; `placeOf` tells where a box stands just now. */
  draw(rig: Rig, attention: Attention, placeOf: (position: number) => Triple): void {
    this.pen.begin();
    const crowd = new Crowd(rig.width, rig.height);
    const drawn = new Set<Name>();
    const offer = (names: Iterable<Name>): void => {
      for (const name of names) {
        if (drawn.size >= MOST || this.pen.isFull) {
          return;
        }
        if (!drawn.has(name) && this.place(name, this.picture!, rig, crowd, attention, placeOf)) {
          drawn.add(name);
        }
      }
    };
    if (this.picture !== null) {
      // What is pointed at, what must be told, what was named in the last frame, so that names do not flicker.
      offer(this.namesOf(attention));
      offer(this.kept);
      offer(this.before);
      offer(this.largeEnough(this.picture, rig));
    }
    this.before = drawn;
    this.pen.end();
  }

  /** Those that could be named, by their final places: most of ten thousand boxes are too small or off the screen. */
  private *largeEnough({ places, sizes, visible }: Picture, rig: Rig): Generator<Name> {
    for (const name of this.names) {
      const at = 3 * name.position;
      const size = Math.max(sizes[at]!, sizes[at + 2]!);
      const isSlab = visible.shown[name.position]!.role === "slab";
      if (isSlab || rig.sees(places[at]!, places[at + 1]!, places[at + 2]!, size, SMALLEST)) {
        yield name;
      }
    }
  }

  /** How many boxes were named in the last frame. */
  get count(): number {
    return this.before.size;
  }

  private namesOf({ hovered, selected }: Attention): Name[] {
    const boxes = [hovered, selected].filter((box) => box !== null);
    return boxes.flatMap((box) => this.byBox.get(box) ?? []);
  }

  private place(
    name: Name,
    picture: Picture,
    rig: Rig,
    crowd: Crowd,
    attention: Attention,
    placeOf: (position: number) => Triple,
  ): boolean {
    const shown = picture.visible.shown[name.position]!;
    if (shown.role === "slab") {
      return writeTitle(this.pen, name, picture, rig, placeOf(name.position));
    }
    const [x, y, z] = placeOf(name.position);
    const at: Triple = [x, y + picture.sizes[3 * name.position + 1]!, z];
    const seen = rig.project(...at);
    if (
      seen === null ||
      seen.x < -40 ||
      seen.y < -20 ||
      seen.x > rig.width + 40 ||
      seen.y > rig.height + 30
    ) {
      return false;
    }
    const isNoted = shown.box === attention.hovered || shown.box === attention.selected;
    const unit = 1 / (rig.pixel * seen.away);
    const size = unit * Math.max(picture.sizes[3 * name.position]!, picture.sizes[3 * name.position + 2]!);
    if (size < SMALLEST && !name.isKept && !isNoted) {
      return false;
    }
    return writeName(this.pen, name, at, seen, crowd, isNoted || size > DETAILED);
  }
}

function isEnd({ tables, visible }: Picture, position: number): boolean {
  const { kind } = tables.boxes[visible.shown[position]!.box]!;
  return kind === "input" || kind === "output";
}
