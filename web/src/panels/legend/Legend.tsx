import { useView } from "../../state/store";
import { ChangeKey } from "./ChangeKey";
import { ColourKey } from "./ColourKey";
import { HeatKey } from "./HeatKey";
import { HowTo } from "./HowTo";
import { Overlays } from "./Overlays";
import "./Legend.css";

/** What the scene is coloured by, what its colours and sizes say, and how to move in it. */
export function Legend() {
  const overlay = useView((view) => view.overlay);
  return (
    <div className="legend">
      <Overlays />
      {overlay === "family" && <ColourKey />}
      {overlay === "changes" && <ChangeKey />}
      {overlay !== "family" && overlay !== "changes" && <HeatKey measure={overlay} />}
      <HowTo />
    </div>
  );
}
