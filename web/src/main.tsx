import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { read } from "./document/reading";
import { tabulate } from "./document/tables";
import { Refusal } from "./panels/Refusal";
import { restorePreferences } from "./state/preferences";
import { useView } from "./state/store";
import "./themes/tokens.css";
import "./themes/page.css";

declare global {
  interface Window {
    /** For tests in a browser: the state, and what the stage tells of itself. */
    visunn: { store: typeof useView; [key: string]: unknown };
  }
}

window.visunn = { store: useView };

async function start(element: HTMLElement): Promise<void> {
  const root = createRoot(element);
  restorePreferences();
  try {
    useView.getState().open(tabulate(await read()));
  } catch (error) {
    root.render(<Refusal reason={error instanceof Error ? error.message : String(error)} />);
    return;
  }
  root.render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}

const element = document.getElementById("root");
if (element !== null) {
  void start(element);
}
