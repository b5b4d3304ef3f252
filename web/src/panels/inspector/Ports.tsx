import { useMemo } from "react";
import type { BoxId, Port } from "../../document/model";
import { consumersOf, type Neighbour, producersOf } from "../../document/neighbours";
import { useView } from "../../state/store";
import { BoxLink } from "./BoxLink";
import { Shape } from "./Shape";

/** The tensors that go in and come out, and the boxes on their other ends. */
export function Ports({ box }: { box: BoxId }) {
  const tables = useView((view) => view.tables);
  const producers = useMemo(() => producersOf(tables, box), [tables, box]);
  const consumers = useMemo(() => consumersOf(tables, box), [tables, box]);
  const { inputs, outputs, reads } = tables.boxes[box]!;
  return (
    <>
      <PortList title="Inputs" ports={inputs} word="from" ends={producers} />
      <PortList title="Outputs" ports={outputs} word="to" ends={consumers} />
      {reads.length > 0 && (
        <section>
          <h3>Reads</h3>
          <p className="names">{reads.join(", ")}</p>
        </section>
      )}
    </>
  );
}

interface Props {
  title: string;
  ports: readonly Port[];
  word: string;
  ends: readonly Neighbour[];
}

const SHOWN = 8;
/** What a port is called that needs no name, being the only one. */
const ONLY = "0";

function PortList({ title, ports, word, ends }: Props) {
  if (ports.length === 0 && ends.length === 0) {
    return null;
  }
  return (
    <section>
      <h3>{title}</h3>
      <ul className="ports">
        {ports.slice(0, 4 * SHOWN).map(([name, spec], position) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two ports may bear one name
          <li key={position}>
            {(ports.length > 1 || name !== ONLY) && <span className="port-name">{name}</span>}
            <Shape spec={spec} />
          </li>
        ))}
        {ports.length > 4 * SHOWN && <li className="more">and {ports.length - 4 * SHOWN} more</li>}
      </ul>
      {ends.length > 0 && (
        <p className="ends">
          <span>{word}</span>
          {ends.slice(0, SHOWN).map(({ box }) => (
            <BoxLink key={box} box={box} />
          ))}
          {ends.length > SHOWN && <span>and {ends.length - SHOWN} more</span>}
        </p>
      )}
    </section>
  );
}
