const CELL = 6;

/** A screen in small cells, each of which is given away once: names never lie on each other. */
export class Crowd {
  private readonly columns: number;
  private readonly rows: number;
  private readonly taken: Uint8Array;

  constructor(width: number, height: number) {
    this.columns = Math.ceil(width / CELL) + 1;
    this.rows = Math.ceil(height / CELL) + 1;
    this.taken = new Uint8Array(this.columns * this.rows);
  }

  /** Takes a rectangle of pixels if nothing of it is taken; what lies off the screen is always free. */
  take(left: number, top: number, width: number, height: number): boolean {
    const x0 = Math.max(0, Math.floor(left / CELL));
    const x1 = Math.min(this.columns - 1, Math.floor((left + width) / CELL));
    const y0 = Math.max(0, Math.floor(top / CELL));
    const y1 = Math.min(this.rows - 1, Math.floor((top + height) / CELL));
    for (let y = y0; y <= y1; y += 1) {
      for (let x = x0; x <= x1; x += 1) {
        if (this.taken[y * this.columns + x] === 1) {
          return false;
        }
      }
    }
    for (let y = y0; y <= y1; y += 1) {
      this.taken.fill(1, y * this.columns + x0, y * this.columns + Math.max(x0, x1 + 1));
    }
    return true;
  }
}
