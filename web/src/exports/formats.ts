import { saveDocument } from "./json";
import { savePicture } from "./png";
import { saveDrawing } from "./svg";

/** A kind of file that the page can write. */
export interface Format {
  name: string;
  does: string;
  save(): Promise<void>;
}

export const FORMATS: readonly Format[] = [
  { name: "PNG", does: "the scene as it stands", save: savePicture },
  { name: "SVG", does: "the same boxes, flat", save: saveDrawing },
  { name: "JSON", does: "the whole graph, visunn.graph/1", save: saveDocument },
];
