import type { Gaps, Step } from "./level";

/** How many bridges pass over the gap behind each step without ending there. */
export function countCrossings(
  steps: number,
  bridges: readonly (readonly [number, number])[],
  step: Int32Array,
): Int32Array {
  const crossings = new Int32Array(steps + 1);
  for (const [source, target] of bridges) {
    const low = Math.min(step[source]!, step[target]!);
    const high = Math.max(step[source]!, step[target]!);
    if (high > low) {
      crossings[low]! += 1;
      crossings[high]! -= 1;
    }
  }
  for (let position = 1; position <= steps; position += 1) {
    crossings[position]! += crossings[position - 1]!;
  }
  return crossings;
}

/** The most rows that are tried, beyond which only the area counts. */
const MOST_ROWS = 6;
/** How much larger boxes must come out on the screen for a row more to be worth it. */
const WORTH = 1.22;

/** The steps that begin a row; always 0 first. As many rows as make the boxes largest in a frame of this aspect. */
export function wrap(steps: readonly Step[], crossings: Int32Array, aspect: number, gaps: Gaps): number[] {
  const length = steps.reduce((sum, step) => sum + step.length + gaps.along, 0);
  const width = steps.reduce((most, { near, far }) => Math.max(most, near - far), 0) + gaps.rows;
  const square = Math.round(Math.sqrt(length / width / aspect));
  let best = [0];
  if (length < 12 || steps.length < 4) {
    return best;
  }
  if (square > MOST_ROWS) {
    return breakInto(steps, crossings, square, length, gaps);
  }
  let size = extentOf(steps, best, aspect, gaps);
  for (let rows = 2; rows <= MOST_ROWS; rows += 1) {
    const breaks = breakInto(steps, crossings, rows, length, gaps);
    const tried = extentOf(steps, breaks, aspect, gaps);
    if (tried * WORTH < size) {
      best = breaks;
      size = tried;
    }
  }
  return best;
}

/** The size of the smallest frame of this aspect, by its width, that holds the rows. */
function extentOf(steps: readonly Step[], breaks: readonly number[], aspect: number, gaps: Gaps): number {
  let longest = 0;
  let width = 0;
  breaks.forEach((first, position) => {
    let length = 0;
    let far = 0;
    let near = 0;
    for (const step of steps.slice(first, breaks[position + 1])) {
      length += step.length + gaps.along;
      far = Math.min(far, step.far);
      near = Math.max(near, step.near);
    }
    longest = Math.max(longest, length);
    width += near - far + gaps.rows;
  });
  return Math.max(longest / aspect, width);
}

/** Breaks into rows of about the same length, each behind the step in reach that the fewest bridges leave over. */
function breakInto(
  steps: readonly Step[],
  crossings: Int32Array,
  rows: number,
  length: number,
  gaps: Gaps,
): number[] {
  const ends: number[] = [];
  let sum = 0;
  for (const step of steps) {
    sum += step.length + gaps.along;
    ends.push(sum);
  }
  const breaks = [0];
  for (let row = 1; row < rows; row += 1) {
    const begun = ends[breaks.at(-1)! - 1] ?? 0;
    const wanted = begun + (length - begun) / (rows - row + 1);
    const reach = 0.24 * (wanted - begun);
    const next = cheapest(ends, crossings, breaks.at(-1)!, wanted, reach);
    if (next + 1 >= steps.length) {
      break;
    }
    breaks.push(next + 1);
  }
  return breaks;
}

/** The step near `wanted` behind which to break: few crossings first, then close to it. */
function cheapest(
  ends: readonly number[],
  crossings: Int32Array,
  first: number,
  wanted: number,
  reach: number,
): number {
  let best = first;
  for (let step = first; step < ends.length; step += 1) {
    const off = Math.abs(ends[step]! - wanted);
    const bestOff = Math.abs(ends[best]! - wanted);
    const isNear = off <= reach;
    const isBetter =
      bestOff > reach
        ? off < bestOff
        : isNear &&
          (crossings[step]! < crossings[best]! || (crossings[step] === crossings[best] && off < bestOff));
    if (isBetter) {
      best = step;
    }
    if (ends[step]! > wanted + reach) {
      break;
    }
  }
  return best;
}
