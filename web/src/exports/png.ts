import { takePicture } from "./pictures";
import { saveFile } from "./saving";

/** Saves the scene as it stands; fails with a line for the reader where there is none. */
export async function savePicture(): Promise<void> {
  const picture = await takePicture();
  if (picture === null) {
    throw new Error("There is no 3D scene to take a picture of in this browser; SVG works.");
  }
  saveFile(picture, "png");
}
