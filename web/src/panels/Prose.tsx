/** A sentence of a rule, what it has between backticks set as code. */
export function Prose({ text }: { text: string }) {
  return text.split("`").map((piece, position) => {
    const key = `${position}`;
    return position % 2 === 1 ? <code key={key}>{piece}</code> : piece;
  });
}
