import { complete, type Document } from "./model";
import { DocumentError, validate } from "./validating";

/** Where the page has its document from: inside itself, or from the server that sent it. */
export type Source = "file" | "server";

export function source(): Source {
  return document.getElementById("visunn-document") === null ? "server" : "file";
}

/** The document of this page; raises DocumentError with a line for the reader. */
export async function read(): Promise<Document> {
  return decode(await readText());
}

/** The document that the text holds; raises DocumentError. */
export function decode(text: string): Document {
  return complete(validate(parse(text)));
}

/** The document as the page got it, character by character: what an export writes down again. */
export async function readText(): Promise<string> {
  const element = document.getElementById("visunn-document");
  return element === null ? fetchText() : (element.textContent ?? "");
}

async function fetchText(): Promise<string> {
  const response = await fetch("/document.json", { cache: "no-cache" }).catch(() => null);
  if (response === null) {
    throw new DocumentError("The server of this page does not answer. Is `visunn serve` still running?");
  }
  if (!response.ok) {
    throw new DocumentError(
      `The server has no graph for this page: ${response.status} ${response.statusText}`,
    );
  }
  return response.text();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new DocumentError("The document of this page is not whole: it is no JSON.");
  }
}
