import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { read } from "./document/reading";
import { tabulate } from "./document/tables";
import { useView } from "./state/store";
import "./themes/page.css";

declare global {
  interface Window {
    /** For tests in a browser: the state, and what the stage tells of itself. */
    visunn: { store: typeof useView; [key: string]: unknown };
  }
}

window.visunn = { store: useView };

async function start(root: HTMLElement): Promise<void> {
  useView.getState().open(tabulate(await read()));
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}

const root = document.getElementById("root");
if (root !== null) {
  void start(root);
}
