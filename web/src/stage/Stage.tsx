import { useEffect, useRef } from "react";
import { mount } from "./mounting";
import "./stage.css";

/** The scene, for a browser with WebGL. */
export function Stage() {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => (host.current === null ? undefined : mount(host.current)), []);
  return <div className="stage" ref={host} />;
}
