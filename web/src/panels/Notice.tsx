import { useEffect } from "react";
import { useDesk } from "../state/desk";
import { visitModule } from "../state/findings";
import { useView } from "../state/store";
import { Icon } from "./Icon";
import "./Notice.css";

const READ_IN = 5000;

/** A bar for what happens while the page is open, and one for a run that did not end. */
export function Notice() {
  const notice = useDesk((desk) => desk.notice);
  const { notify } = useDesk.getState();
  useEffect(() => {
    if (notice?.tone !== "info") {
      return;
    }
    const timer = setTimeout(() => notify(null), READ_IN);
    return () => clearTimeout(timer);
  }, [notice, notify]);
  return (
    <div className="notices" role="status">
      <FailureBar />
      {notice !== null && (
        <div className="notice" data-tone={notice.tone}>
          <Icon name={notice.tone} />
          <span>{notice.text}</span>
          <button type="button" className="plain" onClick={() => notify(null)}>
            <Icon name="close" />
            <span className="unseen">Close</span>
          </button>
        </div>
      )}
    </div>
  );
}

/** Why forward did not end; it stays, because the graph does too. */
function FailureBar() {
  const failure = useView((view) => view.tables.document.failure);
  if (failure === null) {
    return null;
  }
  return (
    <div className="notice" data-tone="error">
      <Icon name="error" />
      <span>Forward stopped: {failure.message}</span>
      {failure.module >= 0 && (
        <button type="button" className="link" onClick={() => visitModule(failure.module)}>
          Show where
        </button>
      )}
    </div>
  );
}
