import { picture } from "../graph/svg";
import { useView } from "../state/store";
import { coloursOf } from "../themes/palettes";
import { saveFile } from "./saving";

/** Saves the boxes that the scene shows, flat. */
export async function saveDrawing(): Promise<void> {
  const view = useView.getState();
  saveFile(new Blob([picture(view, coloursOf(view.palette, view.theme))], { type: "image/svg+xml" }), "svg");
}
