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
  const { notify } = useDesk.getState();
  const changes = new EventSource("/changes");
  changes.addEventListener("changed", () => void reload());
  changes.addEventListener("failed", (event) =>
    notify({ tone: "error", text: (event as MessageEvent<string>).data }),
  );
  return () => changes.close();
}

async function reload(): Promise<void> {
  const { notify } = useDesk.getState();
  try {
    useView.getState().open(tabulate(await read()));
    notify({ tone: "info", text: `Captured anew at ${new Date().toLocaleTimeString()}.` });
  } catch (error) {
    notify({ tone: "error", text: error instanceof Error ? error.message : String(error) });
  }
}
