import { beforeEach, expect, test } from "vitest";
import { useView } from "../../src/state/store";
import { boxAt, sampleTables } from "../sample";

const view = () => useView.getState();
const tables = sampleTables();
const at = (path: string) => boxAt(view().tables, path);

beforeEach(() => {
  useView.setState(useView.getInitialState());
  view().open(tables);
});

test("drilling goes into a module and asks the camera to fit it", () => {
  const { turn } = view().camera;
  view().drill(at("layer1"));
  expect([view().scope, view().camera]).toEqual([at("layer1"), { kind: "fit", box: null, turn: turn + 1 }]);
});

test("drilling into what holds nothing selects it", () => {
  view().drill(at("fc"));
  expect([view().scope, view().selected]).toEqual([0, at("fc")]);
});

test("leaving goes to the module around and selects the one left", () => {
  view().drill(at("layer1/0"));
  view().leave();
  expect([view().scope, view().selected]).toEqual([at("layer1"), at("layer1/0")]);
});

test("leaving the model is not possible", () => {
  const before = view();
  view().leave();
  expect(view()).toEqual(before);
});

test("toggling expands in place and collapses again", () => {
  view().goTo({ expanded: new Set() });
  view().toggle(at("layer1"));
  expect(view().expanded).toEqual(new Set([at("layer1")]));
  view().toggle(at("layer1"));
  expect(view().expanded).toEqual(new Set());
});

test("flying opens what stands around the box, folds included", () => {
  view().goTo({ expanded: new Set() });
  view().fly(at("layer1/2/conv1"));
  const { scope, expanded, unfolded, selected, camera } = view();
  expect({ scope, expanded, unfolded, selected, kind: camera.kind, box: camera.box }).toEqual({
    scope: 0,
    expanded: new Set([at("layer1"), at("layer1/2")]),
    unfolded: new Set([0]),
    selected: at("layer1/2/conv1"),
    kind: "fly",
    box: at("layer1/2/conv1"),
  });
});

test("flying to a box elsewhere goes to what both stand in", () => {
  view().drill(at("layer1/0"));
  view().fly(at("layer1/1"));
  expect(view().scope).toBe(at("layer1"));
  view().fly(at("fc"));
  expect(view().scope).toBe(0);
});

test("flying to the box that is drilled into shows it from outside", () => {
  view().drill(at("layer1"));
  view().fly(at("layer1"));
  expect([view().scope, view().selected]).toEqual([0, at("layer1")]);
});

test("the inspector shows what is hovered, then the selection, then what it showed last", () => {
  view().hover(at("fc"));
  expect(view().shown).toBe(at("fc"));
  view().hover(null);
  expect(view().shown).toBe(at("fc"));
  view().select(at("conv1"));
  view().hover(at("bn1"));
  view().hover(null);
  expect(view().shown).toBe(at("conv1"));
});

test("another capture keeps the place where the model still has it", () => {
  view().goTo({
    scope: at("layer1"),
    selected: at("layer1/1"),
    expanded: new Set([at("layer1/1")]),
    unfolded: new Set([0]),
  });
  const { boxes, edges } = tables.document;
  const shifted = boxes.map((box) => ({ ...box, parent: box.parent > 0 ? box.parent + 1 : box.parent }));
  const extra = { ...boxes[1]!, label: "mask" };
  view().open(
    sampleTables({
      boxes: [boxes[0]!, extra, ...shifted.slice(1)],
      edges: edges.map(([source, target, spec]) => [source + 1, target + 1, spec]),
      folds: tables.document.folds.map(({ members }) => ({ members: members.map((box) => box + 1) })),
      findings: [],
    }),
  );
  const { scope, selected, expanded, unfolded } = view();
  expect({ scope, selected, expanded, unfolded }).toEqual({
    scope: at("layer1"),
    selected: at("layer1/1"),
    expanded: new Set([at("layer1/1")]),
    unfolded: new Set([0]),
  });
});

test("a place that another capture lacks becomes the model", () => {
  view().drill(at("layer1"));
  view().open(sampleTables({ boxes: tables.document.boxes.slice(0, 3), edges: [], folds: [], findings: [] }));
  expect([view().scope, view().selected]).toEqual([0, null]);
});
