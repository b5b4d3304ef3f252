import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { Icon, type IconName } from "../Icon";
import "./Menu.css";

interface Props {
  name: string;
  icon: IconName;
  /** Gets a function that closes the menu. */
  children(close: () => void): ReactNode;
}

/** A button that opens a small card of choices below it. */
export function Menu({ name, icon, children }: Props) {
  const [isOpen, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const id = useId();
  const close = (): void => {
    setOpen(false);
    box.current?.querySelector("button")?.focus();
  };
  useEffect(() => {
    if (!isOpen) {
      return;
    }
    const onPointer = (event: PointerEvent): void => {
      if (!box.current?.contains(event.target as Node)) {
        setOpen(false);
      }
    };
    addEventListener("pointerdown", onPointer);
    return () => removeEventListener("pointerdown", onPointer);
  }, [isOpen]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      close();
    }
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes from any control inside
    <div ref={box} className="menu" onKeyDown={onKeyDown}>
      <button
        type="button"
        className="plain"
        aria-expanded={isOpen}
        aria-controls={id}
        title={name}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name={icon} />
        <span className="unseen">{name}</span>
      </button>
      {isOpen && (
        <div id={id} className="menu-card">
          {children(close)}
        </div>
      )}
    </div>
  );
}
