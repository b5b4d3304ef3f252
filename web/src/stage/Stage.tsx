import { useEffect, useRef, useState } from "react";
import { mount } from "./mounting";
import { StillPicture } from "./StillPicture";
import "./stage.css";

/** The scene; a still picture of the same layout where the browser has no WebGL. */
export function Stage() {
  const host = useRef<HTMLDivElement>(null);
  const [isFlat, setFlat] = useState(false);
  useEffect(() => {
    if (host.current === null || isFlat) {
      return;
    }
    const unmount = mount(host.current, () => setFlat(true));
    return unmount;
  }, [isFlat]);
  return (
    <div className="stage" ref={host}>
      {isFlat && <StillPicture />}
    </div>
  );
}
