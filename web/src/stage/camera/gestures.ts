import type { Rig } from "./rig";

/** What the pointer means: to the camera directly, to the page through these. */
export interface Answers {
  moved(): void;
  /** The camera was taken in hand: whatever it did by itself ends. */
  held(): void;
  hover(x: number, y: number): void;
  leave(): void;
  click(x: number, y: number, isSecondary: boolean): void;
}

const STILL = 5;
const LONG_PRESS = 550;
const STEP = 48;

interface Finger {
  x: number;
  y: number;
}

/** Left drag turns, right drag moves, the wheel zooms; one finger turns, two move and zoom; a long press is a second click. */
export class Gestures {
  private readonly fingers = new Map<number, Finger>();
  private readonly ended = new AbortController();
  private travelled = 0;
  private isPanning = false;
  private wasMany = false;
  private pressTimer = 0;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly rig: Rig,
    private readonly answers: Answers,
  ) {
    const options = { signal: this.ended.signal };
    canvas.addEventListener("pointerdown", (event) => this.press(event), options);
    canvas.addEventListener("pointermove", (event) => this.move(event), options);
    canvas.addEventListener("pointerup", (event) => this.release(event), options);
    canvas.addEventListener("pointercancel", (event) => this.forget(event), options);
    canvas.addEventListener("pointerleave", () => answers.leave(), options);
    canvas.addEventListener("contextmenu", (event) => event.preventDefault(), options);
    canvas.addEventListener("wheel", (event) => this.roll(event), { ...options, passive: false });
    window.addEventListener("keydown", (event) => this.step(event), options);
  }

  dispose(): void {
    window.clearTimeout(this.pressTimer);
    this.ended.abort();
  }

  get isDragging(): boolean {
    return this.fingers.size > 0 && this.travelled > STILL;
  }

  private press(event: PointerEvent): void {
    this.canvas.setPointerCapture(event.pointerId);
    this.canvas.focus({ preventScroll: true });
    if (this.fingers.size === 0) {
      this.travelled = 0;
      this.wasMany = false;
    }
    this.fingers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
    this.isPanning = event.button === 2 || event.button === 1;
    this.wasMany ||= this.fingers.size > 1;
    window.clearTimeout(this.pressTimer);
    if (event.pointerType === "touch") {
      this.pressTimer = window.setTimeout(() => this.pressLong(event.offsetX, event.offsetY), LONG_PRESS);
    }
  }

  private pressLong(x: number, y: number): void {
    if (this.travelled <= STILL && this.fingers.size === 1) {
      this.wasMany = true;
      this.answers.click(x, y, true);
    }
  }

  private move(event: PointerEvent): void {
    const finger = this.fingers.get(event.pointerId);
    if (finger === undefined) {
      this.answers.hover(event.offsetX, event.offsetY);
      return;
    }
    const dx = event.offsetX - finger.x;
    const dy = event.offsetY - finger.y;
    const before = this.spread();
    finger.x = event.offsetX;
    finger.y = event.offsetY;
    this.travelled += Math.abs(dx) + Math.abs(dy);
    if (this.travelled <= STILL) {
      return;
    }
    this.answers.held();
    if (this.fingers.size > 1) {
      this.rig.pan(dx / this.fingers.size, dy / this.fingers.size);
      const { x, y, apart } = this.spread();
      this.rig.zoom(before.apart / Math.max(1, apart), x, y);
    } else if (this.isPanning) {
      this.rig.pan(dx, dy);
    } else {
      this.rig.rotate(dx, dy);
    }
    this.answers.moved();
  }

  private spread(): { x: number; y: number; apart: number } {
    const [a, b] = [...this.fingers.values()];
    if (a === undefined || b === undefined) {
      return { x: 0, y: 0, apart: 1 };
    }
    return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, apart: Math.max(1, Math.hypot(a.x - b.x, a.y - b.y)) };
  }

  private release(event: PointerEvent): void {
    const isClick =
      this.fingers.has(event.pointerId) && this.travelled <= STILL && !this.wasMany && !this.isPanning;
    this.forget(event);
    if (isClick) {
      this.answers.click(event.offsetX, event.offsetY, event.shiftKey || event.ctrlKey || event.metaKey);
    }
  }

  private forget(event: PointerEvent): void {
    window.clearTimeout(this.pressTimer);
    this.fingers.delete(event.pointerId);
  }

  private roll(event: WheelEvent): void {
    event.preventDefault();
    this.answers.held();
    const pixels = event.deltaY * (event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1);
    this.rig.zoom(Math.exp(Math.max(-120, Math.min(120, pixels)) * 0.0018), event.offsetX, event.offsetY);
    this.answers.moved();
  }

  /** Arrow keys move the camera, plus and minus bring it closer, while no control of the page wants them. */
  private step(event: KeyboardEvent): void {
    if (event.target !== this.canvas && event.target !== document.body) {
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const moves: Record<string, () => void> = {
      ArrowLeft: () => this.rig.pan(STEP, 0),
      ArrowRight: () => this.rig.pan(-STEP, 0),
      ArrowUp: () => this.rig.pan(0, STEP),
      ArrowDown: () => this.rig.pan(0, -STEP),
      "+": () => this.rig.zoom(0.85, this.rig.width / 2, this.rig.height / 2),
      "=": () => this.rig.zoom(0.85, this.rig.width / 2, this.rig.height / 2),
      "-": () => this.rig.zoom(1 / 0.85, this.rig.width / 2, this.rig.height / 2),
    };
    const move = moves[event.key];
    if (move !== undefined) {
      event.preventDefault();
      this.answers.held();
      move();
      this.answers.moved();
    }
  }
}
