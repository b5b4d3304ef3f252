import type { View } from "../state/store";
import type { Colours } from "../themes/palettes";

/** An empty drawing. */
export function picture(_view: View, colours: Colours): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><rect width="10" height="10" fill="${colours.background}"/></svg>`;
}
