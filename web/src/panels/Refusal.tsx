import { useEffect } from "react";
import { useView } from "../state/store";
import { Icon } from "./Icon";
import "./Refusal.css";

/** What the page says instead of a graph that it cannot show. */
export function Refusal({ reason }: { reason: string }) {
  const theme = useView((view) => view.theme);
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  return (
    <main className="refusal" role="alert">
      <Icon name="error" />
      <p>{reason}</p>
    </main>
  );
}
