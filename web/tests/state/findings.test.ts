import { beforeEach, expect, test } from "vitest";
import { useDesk } from "../../src/state/desk";
import { sortFindings, stepFinding } from "../../src/state/findings";
import { useView } from "../../src/state/store";
import { sampleTables } from "../sample";

beforeEach(() => {
  useDesk.setState(useDesk.getInitialState());
  useView.setState(useView.getInitialState());
  useView.getState().open(sampleTables());
});

test("errors come before warnings, warnings before notes", () => {
  const { findings } = useView.getState().tables.document;
  const order = sortFindings(sampleTables()).map((position) => findings[position]?.severity);
  expect(order).toEqual(["error", "warning", "warning", "info"]);
});

test("stepping goes through all of them and around", () => {
  const visited = [1, 1, 1, 1, 1].map(() => {
    stepFinding(1);
    return useDesk.getState().finding;
  });
  expect(visited).toEqual([0, 1, 2, 3, 0]);
});

test("stepping back begins with the last", () => {
  stepFinding(-1);
  expect([useDesk.getState().finding, useDesk.getState().tab]).toEqual([3, "findings"]);
});

test("a model without findings has nowhere to step", () => {
  useView.getState().open(sampleTables({ findings: [] }));
  stepFinding(1);
  expect(useDesk.getState().finding).toBeNull();
});
