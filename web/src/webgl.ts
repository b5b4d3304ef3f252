let answer: boolean | null = null;

/** Whether this browser can draw the scene; asked once, since each question takes a drawing context. */
export function canDraw(): boolean {
  answer ??= ask();
  return answer;
}

function ask(): boolean {
  const context = document.createElement("canvas").getContext("webgl2");
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return context !== null;
}
