import { Stage } from "./stage/Stage";

export function App() {
  return (
    <main>
      <Stage />
    </main>
  );
}
