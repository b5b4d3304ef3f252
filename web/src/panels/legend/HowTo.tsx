/** How to read the scene and how to move in it. */
export function HowTo() {
  return (
    <details className="how-to" open>
      <summary>How to read and move</summary>
      <p>
        <b>Height</b>: parameters. <b>Base</b>: size of the output. <b>Line width</b>: size of the tensor.
      </p>
      <p>
        <b>Drag</b> turns, <b>right drag</b> moves, <b>scroll</b> zooms. <b>Click</b> opens a module,{" "}
        <b>Shift click</b> opens it in place.
      </p>
    </details>
  );
}
