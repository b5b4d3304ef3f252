import { read, source } from "../document/reading";
import { tabulate } from "../document/tables";
import { useDesk } from "./desk";
import { useView } from "./store";

/**
 * Shows the model anew whenever the server has captured it anew, until the function that comes back is called.
 *
 * A capture that fails leaves the last graph where it is. A page without a server has nothing to follow.
 */
export function followServer(): () => void {
  if (source() === "file") {
    return () => undefined;
  }
  let version: string | null = null;
  const changes = new EventSource("/changes");
  changes.addEventListener("shown", ({ lastEventId }) => {
    // The first one tells of what the page has; a later one ends a pause in which something may have changed.
    if (version !== null && version !== lastEventId) {
      void reload();
    }
    version = lastEventId;
  });
  changes.addEventListener("changed", ({ lastEventId }) => {
    version = lastEventId;
    void reload();
  });
  changes.addEventListener("failed", ({ data }: MessageEvent<string>) => tell("error", data));
  return () => changes.close();
}

async function reload(): Promise<void> {
  try {
    useView.getState().open(tabulate(await read()));
    tell("info", `Captured anew at ${new Date().toLocaleTimeString()}.`);
  } catch (error) {
    tell("error", error instanceof Error ? error.message : String(error));
  }
}

function tell(tone: "info" | "error", text: string): void {
  useDesk.getState().notify({ tone, text });
}
