import { type Palette, type Theme, useView } from "../../state/store";
import { Menu } from "./Menu";

const THEMES: readonly (readonly [Theme, string])[] = [
  ["dark", "Dark"],
  ["light", "Light"],
];
const PALETTES: readonly (readonly [Palette, string])[] = [
  ["standard", "Standard: by what a box does"],
  ["classic", "Classic: modules, ops, inputs, outputs"],
  ["contrast", "High contrast"],
];

export function ThemeMenu() {
  const theme = useView((view) => view.theme);
  const palette = useView((view) => view.palette);
  const { setTheme, setPalette } = useView.getState();
  return (
    <Menu name="Theme and colours" icon={theme === "dark" ? "moon" : "sun"}>
      {() => (
        <>
          <Choice legend="Theme" name="theme" options={THEMES} value={theme} choose={setTheme} />
          <Choice legend="Colours" name="palette" options={PALETTES} value={palette} choose={setPalette} />
        </>
      )}
    </Menu>
  );
}

interface ChoiceProps<Value extends string> {
  legend: string;
  name: string;
  options: readonly (readonly [Value, string])[];
  value: Value;
  choose(value: Value): void;
}

function Choice<Value extends string>({ legend, name, options, value, choose }: ChoiceProps<Value>) {
  return (
    <fieldset className="choice">
      <legend>{legend}</legend>
      {options.map(([option, text]) => (
        <label key={option}>
          <input type="radio" name={name} checked={option === value} onChange={() => choose(option)} />
          {text}
        </label>
      ))}
    </fieldset>
  );
}
