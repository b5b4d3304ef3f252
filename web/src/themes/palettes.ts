import type { BoxKind, ChangeKind, Family, Severity } from "../document/model";
import type { Palette, Theme } from "../state/store";

/** The colours of the scene; what the panels are painted with stands in `tokens.css`. */
export interface Colours {
  /** Whether boxes are coloured by what they do or by what they are. */
  by: "family" | "kind";
  families: Readonly<Record<Family, string>>;
  kinds: Readonly<Record<BoxKind, string>>;
  hovered: string;
  selected: string;
  edge: string;
  /** An edge that closes a cycle, where calls are merged. */
  cycle: string;
  severities: Readonly<Record<Severity, string>>;
  changes: Readonly<Record<ChangeKind, string>>;
  /** From nothing to most, at even steps. */
  heat: readonly string[];
  /** A box that the overlay says nothing of. */
  mute: string;
  background: string;
  ground: string;
  ink: string;
}

type Shades = Omit<Colours, "by" | "kinds">;

const DARK: Shades = {
  families: {
    container: "#5b6b95",
    convolution: "#4f8ff7",
    linear: "#8f7cf8",
    attention: "#e072c4",
    recurrent: "#b9649c",
    embedding: "#2fb8a6",
    normalisation: "#d9b64e",
    activation: "#f2894a",
    pooling: "#57c4ea",
    dropout: "#a3a8bf",
    arithmetic: "#8494ad",
    shape: "#66738b",
    loss: "#ee5f67",
    input: "#41bd85",
    output: "#f0694a",
    other: "#8d939e",
  },
  hovered: "#ffffff",
  selected: "#ffd166",
  edge: "#7786a8",
  cycle: "#f2789f",
  severities: { error: "#ff6b70", warning: "#f5b83d", info: "#5eb1ff" },
  changes: { added: "#3fc58a", removed: "#ff6b70", moved: "#5eb1ff", changed: "#f5b83d" },
  heat: ["#2f3f78", "#2f6c96", "#2a9d8a", "#8fce4a", "#fde74c"],
  mute: "#3c465c",
  background: "#0d1220",
  ground: "#151c2e",
  ink: "#e8edf7",
};

const LIGHT: Shades = {
  families: {
    container: "#a9b6d6",
    convolution: "#3f7fe8",
    linear: "#7b66ea",
    attention: "#cf55ae",
    recurrent: "#a34c86",
    embedding: "#169c8b",
    normalisation: "#c79a22",
    activation: "#e4722f",
    pooling: "#2ea9d6",
    dropout: "#9298ae",
    arithmetic: "#7888a3",
    shape: "#97a3b8",
    loss: "#d9434c",
    input: "#22a06b",
    output: "#dd5132",
    other: "#848b97",
  },
  hovered: "#0f172a",
  selected: "#d97706",
  edge: "#8a97b3",
  cycle: "#c2316a",
  severities: { error: "#d3343c", warning: "#b97a00", info: "#1f74d6" },
  changes: { added: "#178a57", removed: "#d3343c", moved: "#1f74d6", changed: "#b97a00" },
  heat: ["#e6e7c4", "#a5d6a2", "#4cae9f", "#2b7396", "#2a2f73"],
  mute: "#ccd4e2",
  background: "#f5f7fb",
  ground: "#e9edf5",
  ink: "#131a2b",
};

/** The colours that Visunn has had from its first day: by what a box is, whatever the op. */
const CLASSIC: Readonly<Record<BoxKind, string>> = {
  module: "#4834d4",
  op: "#535c68",
  opaque: "#535c68",
  input: "#22a6b3",
  output: "#f0932b",
};

const CONTRAST_DARK: Shades = {
  ...DARK,
  families: {
    container: "#6f7da6",
    convolution: "#56b4ff",
    linear: "#b3a1ff",
    attention: "#ff8ad8",
    recurrent: "#e08ac0",
    embedding: "#33e0c8",
    normalisation: "#ffe066",
    activation: "#ff9d4d",
    pooling: "#7fe3ff",
    dropout: "#d0d4e4",
    arithmetic: "#b6c2d6",
    shape: "#93a0b8",
    loss: "#ff7a80",
    input: "#4dff9f",
    output: "#ff8466",
    other: "#c4c9d2",
  },
  edge: "#c3cde0",
  selected: "#ffe600",
  mute: "#4a5266",
  background: "#000000",
  ground: "#0a0d14",
  ink: "#ffffff",
  heat: ["#2b2f6b", "#3f6fd0", "#33c6c0", "#c8ee4a", "#fffbd0"],
};

const CONTRAST_LIGHT: Shades = {
  ...LIGHT,
  families: {
    container: "#7d8bb0",
    convolution: "#0b57c7",
    linear: "#5434c9",
    attention: "#a3167f",
    recurrent: "#7a1f60",
    embedding: "#00695c",
    normalisation: "#8a6400",
    activation: "#b44600",
    pooling: "#006f9c",
    dropout: "#5b6178",
    arithmetic: "#48566e",
    shape: "#667086",
    loss: "#b0121b",
    input: "#00693c",
    output: "#a92c10",
    other: "#525861",
  },
  edge: "#3d475c",
  selected: "#b00000",
  background: "#ffffff",
  ground: "#f1f3f7",
  ink: "#000000",
};

/** What the scene is painted with under a palette and a theme. */
export function coloursOf(palette: Palette, theme: Theme): Colours {
  const shades =
    palette === "contrast"
      ? { dark: CONTRAST_DARK, light: CONTRAST_LIGHT }[theme]
      : { dark: DARK, light: LIGHT }[theme];
  const { container, other, input, output } = shades.families;
  if (palette === "classic") {
    return { ...shades, by: "kind", kinds: CLASSIC, hovered: "#eb4d4b" };
  }
  return { ...shades, by: "family", kinds: { module: container, op: other, opaque: other, input, output } };
}
