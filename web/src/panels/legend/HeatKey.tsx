import { useMemo } from "react";
import { figure } from "../../document/figures";
import { type Measure, scaleOf } from "../../document/heat";
import { useDesk } from "../../state/desk";
import { useView } from "../../state/store";
import { coloursOf } from "../../themes/palettes";

/** The heat map's colours from least to most. */
export function HeatKey({ measure }: { measure: Measure }) {
  const tables = useView((view) => view.tables);
  const palette = useView((view) => view.palette);
  const theme = useView((view) => view.theme);
  const scale = useMemo(() => scaleOf(tables, measure), [tables, measure]);
  const { heat, mute } = coloursOf(palette, theme);
  const middle = Math.sqrt(scale.least * scale.most);
  if (scale.most === 0) {
    return <p className="heat-none">This model has none.</p>;
  }
  return (
    <div className="heat">
      <div className="heat-bar" style={{ background: `linear-gradient(to right, ${heat.join(", ")})` }} />
      <div className="heat-ticks">
        <span>{figure(Math.round(scale.least), measure)}</span>
        <span>{figure(Math.round(middle), measure)}</span>
        <span>{figure(scale.most, measure)}</span>
      </div>
      <div className="heat-foot">
        <span>
          <span className="swatch" style={{ background: mute }} /> none, log scale
        </span>
        <button type="button" className="link" onClick={() => useDesk.getState().openTab("figures")}>
          Show as table
        </button>
      </div>
    </div>
  );
}
