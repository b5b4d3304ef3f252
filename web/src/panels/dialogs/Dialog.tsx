import { type ReactNode, useEffect, useRef } from "react";
import { useDesk } from "../../state/desk";
import "./Dialog.css";

/** A card over the page that keeps the focus until it is closed, by Escape or beside it. */
export function Dialog({
  name,
  className,
  children,
}: {
  name: string;
  className: string;
  children: ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const close = (): void => useDesk.getState().openDialog(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it by key
    <dialog
      ref={dialog}
      className={`dialog ${className}`}
      aria-label={name}
      onClose={close}
      onClick={(event) => event.target === dialog.current && close()}
    >
      {children}
    </dialog>
  );
}
