import { createRoot, type ReconcilerRoot, type RootState, useFrame, useThree } from "@react-three/fiber";
import { useLayoutEffect } from "react";
import { NoToneMapping, type PerspectiveCamera, SRGBColorSpace, setConsoleFunction } from "three";
import { Session } from "./session";

/** react-three-fiber still makes a Clock, and three warns of it on every page. */
setConsoleFunction((type, message, ...rest) => {
  if (!message.startsWith("THREE.Clock")) {
    console[type](message, ...rest);
  }
});

/** Puts the scene into an element and keeps it there until the returned function is called. */
export function mount(host: HTMLElement): () => void {
  const canvas = document.createElement("canvas");
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "img");
  canvas.setAttribute(
    "aria-label",
    "The model in three dimensions. The module tree holds the same boxes as text.",
  );
  host.append(canvas);
  const density = Math.min(2, window.devicePixelRatio || 1);
  const session = new Session(canvas, density);
  let root: ReconcilerRoot<HTMLCanvasElement> | null = createRoot(canvas);
  let isReady = false;
  const resize = (): void => {
    const { clientWidth: width, clientHeight: height } = host;
    if (root === null || width === 0 || height === 0) {
      return;
    }
    void configure(root, session, density, width, height).then((configured) => {
      if (root === null) {
        return;
      }
      session.resize(width, height);
      if (!isReady) {
        isReady = true;
        configured.render(<Play session={session} />);
      }
    });
  };
  const observer = new ResizeObserver(resize);
  observer.observe(host);
  const panels = new MutationObserver(() => session.makeRoom());
  panels.observe(document.documentElement, { attributeFilter: ["style"] });
  return () => {
    observer.disconnect();
    panels.disconnect();
    root?.unmount();
    root = null;
    session.dispose();
    canvas.remove();
  };
}

function configure(
  root: ReconcilerRoot<HTMLCanvasElement>,
  session: Session,
  density: number,
  width: number,
  height: number,
): Promise<ReconcilerRoot<HTMLCanvasElement>> {
  return root.configure({
    frameloop: "demand",
    dpr: density,
    flat: true,
    linear: true,
    camera: session.world.rig.camera,
    gl: { antialias: true, alpha: false, powerPreference: "high-performance", stencil: false },
    size: { width, height, top: 0, left: 0 },
    onCreated: ({ gl }: RootState) => {
      gl.toneMapping = NoToneMapping;
      gl.outputColorSpace = SRGBColorSpace;
    },
  });
}

/** Hands the frames of the canvas to the session, which draws them itself. */
function Play({ session }: { session: Session }) {
  const invalidate = useThree((state) => state.invalidate);
  const gl = useThree((state) => state.gl);
  const scene = useThree((state) => state.scene);
  useLayoutEffect(() => session.start(gl, scene, invalidate), [session, gl, scene, invalidate]);
  useFrame(({ camera }) => session.draw(camera as PerspectiveCamera), 1);
  return <primitive object={session.world.group} />;
}
