/** How to read the scene and how to move in it. */
export function HowTo() {
  return (
    <details className="how-to" open>
      <summary>How to read and move</summary>
      <p>
        <b>Height</b> tells parameters, the <b>base</b> how large the output is, a <b>line’s width</b> how
        large the tensor.
      </p>
      <p>
        <b>Drag</b> turns, <b>right drag</b> or arrow keys move, <b>scroll</b> zooms. <b>Click</b> drills into
        a module, <b>Shift click</b> opens it in place.
      </p>
    </details>
  );
}
