import { useDesk } from "../../state/desk";
import { useView } from "../../state/store";
import { Icon } from "../Icon";
import { Breadcrumbs } from "./Breadcrumbs";
import { ExportMenu } from "./ExportMenu";
import { ThemeMenu } from "./ThemeMenu";
import { Totals } from "./Totals";
import "./Header.css";

/** The model's name and totals, where in it the scene is, and what concerns the whole page. */
export function Header() {
  const document = useView((view) => view.tables.document);
  const { openDialog } = useDesk.getState();
  return (
    <header className="header">
      <Mark />
      <div className="header-name">
        <h1 title={document.generator}>{document.name}</h1>
        <Totals />
      </div>
      <Breadcrumbs />
      <div className="header-tools">
        <button
          type="button"
          className="search-open"
          aria-label="Search"
          onClick={() => openDialog("search")}
        >
          <Icon name="search" />
          <span className="wide">Search</span>
          <kbd className="wide">/</kbd>
        </button>
        <ExportMenu />
        <ThemeMenu />
        <button type="button" className="plain" onClick={() => openDialog("help")} title="Keys and help (?)">
          <Icon name="help" />
          <span className="unseen">Help</span>
        </button>
      </div>
    </header>
  );
}

/** Three boxes on top of each other, as the scene shows a model. */
function Mark() {
  return (
    <svg className="mark" viewBox="0 0 24 24" aria-hidden="true">
      <path className="mark-low" d="M12 13 3 17.5 12 22l9-4.5Z" />
      <path className="mark-middle" d="M12 7.5 3 12l9 4.5 9-4.5Z" />
      <path className="mark-top" d="M12 2 3 6.5 12 11l9-4.5Z" />
    </svg>
  );
}
