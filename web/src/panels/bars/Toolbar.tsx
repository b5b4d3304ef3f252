import { count, plural } from "../../document/figures";
import type { Tables } from "../../document/tables";
import { toggleFolds } from "../../state/keys";
import { useView } from "../../state/store";
import { Icon, type IconName } from "../Icon";
import "./Toolbar.css";

/** Where to go and how to look: the buttons below the scene. */
export function Toolbar() {
  const tables = useView((view) => view.tables);
  const isRoot = useView((view) => view.scope === 0);
  const merged = useView((view) => view.merged);
  const isUnfolded = useView((view) => view.unfolded.size >= view.tables.document.folds.length);
  const { leave, home, requestCamera, setMerged } = useView.getState();
  const recycled = countRecycled(tables);
  const folds = tables.document.folds.length;
  return (
    <div className="toolbar-room">
      <div className="toolbar" role="toolbar" aria-label="View">
        <Tool
          icon="up"
          name="Previous module"
          hint="The module around this one (Backspace)"
          isDisabled={isRoot}
          run={leave}
        />
        <Tool icon="home" name="Root module" hint="The whole model (H)" isDisabled={isRoot} run={home} />
        <hr />
        <Tool
          icon="rotate"
          name="Reset rotation"
          hint="Look from where the page began (R)"
          run={() => requestCamera("rotation")}
        />
        <Tool
          icon="centre"
          name="Reset position"
          hint="Bring the model back to the middle (O)"
          run={() => requestCamera("position")}
        />
        <hr />
        <Tool
          icon="fold"
          name="Fold repeats"
          hint={
            folds > 0
              ? `${plural(folds, "run")} of equal blocks drawn as one, ×N (F)`
              : "No blocks repeat here"
          }
          isDisabled={folds === 0}
          isPressed={folds > 0 && !isUnfolded}
          run={toggleFolds}
        />
        <Tool
          icon="merge"
          name="Merge calls"
          hint={
            recycled > 0
              ? `${count(recycled)} recycled: draw each as one box, with its cycle (M)`
              : "No module is called twice"
          }
          isDisabled={recycled === 0}
          isPressed={merged}
          run={() => setMerged(!merged)}
        />
      </div>
    </div>
  );
}

function countRecycled(tables: Tables): number {
  return tables.document.modules.filter((_, module) => tables.calls(module).length > 1).length;
}

interface ToolProps {
  icon: IconName;
  name: string;
  hint: string;
  isDisabled?: boolean;
  isPressed?: boolean;
  run(): void;
}

function Tool({ icon, name, hint, isDisabled = false, isPressed, run }: ToolProps) {
  return (
    <button
      type="button"
      className="tool"
      disabled={isDisabled}
      aria-pressed={isPressed}
      title={`${name}: ${hint}`}
      onClick={run}
    >
      <Icon name={icon} />
      <span className="tool-name">{name}</span>
    </button>
  );
}
