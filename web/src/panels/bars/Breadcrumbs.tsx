import { Fragment } from "react";
import { kindOf, labelOf } from "../../document/naming";
import { useView } from "../../state/store";
import { Icon } from "../Icon";

const SHOWN = 4;

/** The way from the model down to what the scene shows; each step leads back to it. Nothing at the model itself. */
export function Breadcrumbs() {
  const tables = useView((view) => view.tables);
  const scope = useView((view) => view.scope);
  const { drill } = useView.getState();
  if (scope === 0) {
    return null;
  }
  const way = [...tables.ancestors(scope), scope];
  const skipped = Math.max(way.length - SHOWN, 0);
  const steps = skipped > 0 ? [way[0] as number, ...way.slice(skipped + 1)] : way;
  return (
    <nav className="crumbs" aria-label="Breadcrumbs">
      <ol>
        {steps.map((box, index) => (
          <Fragment key={box}>
            {index > 0 && (
              <li aria-hidden="true" className="crumb-gap">
                {index === 1 && skipped > 0 ? "…" : <Icon name="right" />}
              </li>
            )}
            <li>
              {box === scope ? (
                <span className="crumb" aria-current="page" title={kindOf(tables, box)}>
                  {labelOf(tables, box)}
                </span>
              ) : (
                <button
                  type="button"
                  className="crumb"
                  title={kindOf(tables, box)}
                  onClick={() => drill(box)}
                >
                  {labelOf(tables, box)}
                </button>
              )}
            </li>
          </Fragment>
        ))}
      </ol>
    </nav>
  );
}
