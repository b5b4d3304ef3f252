import type { ChangeKind, Severity } from "../../document/model";
import type { Atlas, Glyph } from "./atlas";

const PIXELS = 17;

type Draw = (context: CanvasRenderingContext2D, size: number) => void;

/** Red is the sign in its colour, green the paper around and in it. Each severity has its own outline. */
export function severitySign(atlas: Atlas, severity: Severity): Glyph {
  return atlas.sign(severity, PIXELS, (context, size) => {
    outlined(context, size, { error: octagon, warning: triangle, info: disc }[severity]);
    write(
      context,
      size,
      { error: "!", warning: "!", info: "i" }[severity],
      severity === "warning" ? 0.6 : 0.52,
    );
  });
}

export function changeSign(atlas: Atlas, change: ChangeKind): Glyph {
  return atlas.sign(change, PIXELS, (context, size) => {
    outlined(context, size, rhombus);
    write(context, size, { added: "+", removed: "−", moved: "→", changed: "≠" }[change], 0.52);
  });
}

/** A rounded plate behind a count. */
export function plateSign(atlas: Atlas): Glyph {
  return atlas.sign("plate", PIXELS, (context, size) => {
    context.fillStyle = "#f00";
    context.beginPath();
    context.roundRect(1, 1, size - 2, size - 2, size * 0.45);
    context.fill();
  });
}

function outlined(context: CanvasRenderingContext2D, size: number, outline: Draw): void {
  context.globalCompositeOperation = "lighter";
  outline(context, size);
  context.lineJoin = "round";
  context.lineWidth = size * 0.14;
  context.strokeStyle = "#0f0";
  context.stroke();
  context.fillStyle = "#ff0";
  context.fill();
}

/** Cuts a letter out of the sign: paper shows through it. */
function write(context: CanvasRenderingContext2D, size: number, letter: string, middle: number): void {
  context.globalCompositeOperation = "source-over";
  context.fillStyle = "#0f0";
  context.font = `800 ${size * 0.6}px system-ui, "DejaVu Sans", Arial, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(letter, size / 2, size * middle);
}

function polygon(context: CanvasRenderingContext2D, points: readonly (readonly [number, number])[]): void {
  context.beginPath();
  points.forEach(([x, y], corner) => {
    if (corner === 0) {
      context.moveTo(x, y);
    } else {
      context.lineTo(x, y);
    }
  });
  context.closePath();
}

const octagon: Draw = (context, size) => {
  const corner = (turn: number): [number, number] => [
    size / 2 + size * 0.42 * Math.cos(((turn + 0.5) * Math.PI) / 4),
    size / 2 + size * 0.42 * Math.sin(((turn + 0.5) * Math.PI) / 4),
  ];
  polygon(
    context,
    Array.from({ length: 8 }, (_, turn) => corner(turn)),
  );
};

const triangle: Draw = (context, size) => {
  polygon(context, [
    [size * 0.5, size * 0.1],
    [size * 0.92, size * 0.86],
    [size * 0.08, size * 0.86],
  ]);
};

const disc: Draw = (context, size) => {
  context.beginPath();
  context.arc(size / 2, size / 2, size * 0.4, 0, 2 * Math.PI);
};

const rhombus: Draw = (context, size) => {
  polygon(context, [
    [size * 0.5, size * 0.06],
    [size * 0.94, size * 0.5],
    [size * 0.5, size * 0.94],
    [size * 0.06, size * 0.5],
  ]);
};
