import { FORMATS } from "../../exports/formats";
import { useDesk } from "../../state/desk";
import { Menu } from "./Menu";

/** Saves what the page shows as a file of the reader's. */
export function ExportMenu() {
  return (
    <Menu name="Export" icon="save">
      {(close) => (
        <div className="menu-list">
          {FORMATS.map(({ name, does, save }) => (
            <button
              key={name}
              type="button"
              onClick={() => {
                close();
                save().catch((error: Error) =>
                  useDesk.getState().notify({ tone: "error", text: error.message }),
                );
              }}
            >
              <b>{name}</b>
              <span>{does}</span>
            </button>
          ))}
        </div>
      )}
    </Menu>
  );
}
