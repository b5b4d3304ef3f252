import { readText } from "../document/reading";
import { saveFile } from "./saving";

/** Saves the document as the page got it. */
export async function saveDocument(): Promise<void> {
  saveFile(new Blob([await readText()], { type: "application/json" }), "json");
}
