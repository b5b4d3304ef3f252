import { Fragment } from "react";

/** A dotted name, which breaks into lines behind its dots if it has to. */
export function Dotted({ name }: { name: string }) {
  return name.split(".").map((part, position) => {
    const key = `${position}`;
    return (
      <Fragment key={key}>
        {position > 0 && (
          <>
            .<wbr />
          </>
        )}
        {part}
      </Fragment>
    );
  });
}
