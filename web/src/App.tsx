import { useEffect } from "react";
import { Header } from "./panels/bars/Header";
import { Toolbar } from "./panels/bars/Toolbar";
import { useClearance } from "./panels/clearance";
import { Diagram } from "./panels/Diagram";
import { Dock } from "./panels/Dock";
import { Help } from "./panels/dialogs/Help";
import { Search } from "./panels/dialogs/Search";
import { HoverLabel } from "./panels/HoverLabel";
import { Notice } from "./panels/Notice";
import { SheetBar } from "./panels/SheetBar";
import { Side } from "./panels/Side";
import { Stage } from "./stage/Stage";
import { useDesk } from "./state/desk";
import { follow } from "./state/hash";
import { listen } from "./state/keys";
import { followServer } from "./state/live";
import { useView } from "./state/store";
import { canDraw } from "./webgl";

/** The page: the scene, and the panels over it. */
export function App() {
  const dialog = useDesk((desk) => desk.dialog);
  useEffect(follow, []);
  useEffect(listen, []);
  useEffect(followServer, []);
  useTheme();
  useClearance();
  return (
    <div className="page">
      <Header />
      <main className="scene" aria-label="Scene">
        {canDraw() ? <Stage /> : <Diagram />}
        <Toolbar />
      </main>
      <Dock />
      <Side />
      <SheetBar />
      <Notice />
      <HoverLabel />
      {dialog === "search" && <Search />}
      {dialog === "help" && <Help />}
    </div>
  );
}

function useTheme(): void {
  const theme = useView((view) => view.theme);
  const palette = useView((view) => view.palette);
  const name = useView((view) => view.tables.document.name);
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
    document.documentElement.dataset.palette = palette;
    document.title = `${name} · visunn`;
  }, [theme, palette, name]);
}
