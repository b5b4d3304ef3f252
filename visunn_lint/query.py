"""Questions to a Topology that rules and assertions share; each is linear in the graph."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from visunn_lint.records import Block, Edge, Level

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    import networkx as nx

    from visunn_lint.records import Call, Module, Node, Param
    from visunn_lint.topology import Topology

    _Vertex = TypeVar("_Vertex", bound=Hashable)

STORED_KINDS = frozenset({"param", "buffer", "const"})
"""Kinds of nodes that hold a tensor made before the run."""


_Answer = TypeVar("_Answer")


def _answered_once(question: Callable[[Topology], _Answer]) -> Callable[[Topology], _Answer]:
    """Return a question whose answer a topology keeps, as it keeps its indices: several rules ask the same."""
    key = f"{__name__}.{question.__name__}"

    @wraps(question)
    def answer(topology: Topology) -> _Answer:
        kept = vars(topology)
        if key not in kept:
            kept[key] = question(topology)
        found: _Answer = kept[key]
        return found

    return answer


def matches_path(module: Module, pattern: str) -> bool:
    """Return whether one of a module's paths matches a glob."""
    return pattern == "*" or any(fnmatchcase(path, pattern) for path in (module.path, *module.aliases))


def matches_kind(module: Module, pattern: str) -> bool:
    """Return whether a module's class matches a glob, by its public name or its last part."""
    return pattern == "*" or fnmatchcase(module.kind, pattern) or fnmatchcase(module.short_kind, pattern)


def descendants(topology: Topology, module: Module) -> Iterator[Module]:
    """Yield the modules below one, depth first, each once."""
    seen = {module.path}
    stack = list(reversed(module.children))
    while stack:
        path = stack.pop()
        if path in seen or path not in topology.modules:
            continue
        seen.add(path)
        child = topology.modules[path]
        yield child
        stack.extend(reversed(child.children))


def unique_params(topology: Topology) -> Iterator[Param]:
    """Yield each registered parameter once, by the first of its names."""
    seen: set[str] = set()
    for module in topology:
        if not module.registered:
            continue
        for param in module.params:
            if param.path not in seen:
                yield param
            seen.update((param.path, *param.shared_with))


def reachable(start: Iterable[Node], neighbours: Callable[[Node], Iterable[Node]]) -> dict[str, Node]:
    """Return every node that can be reached from some, these included, by name."""
    found = {node.name: node for node in start}
    stack = list(found.values())
    while stack:
        for node in neighbours(stack.pop()):
            if node.name not in found:
                found[node.name] = node
                stack.append(node)
    return found


@_answered_once
def live_nodes(topology: Topology) -> Mapping[str, Node]:
    """Return the nodes that some output of the model depends on."""
    outputs = [node for node in topology.nodes.values() if node.kind == "output"]
    return reachable(outputs, topology.producers)


@_answered_once
def moved_nodes(topology: Topology) -> Mapping[str, Node]:
    """Return the nodes that depend on what is on the model's device: its inputs, parameters and buffers."""
    stored = [node for node in topology.nodes.values() if node.kind in {"input", "param", "buffer"}]
    return reachable(stored, topology.consumers)


def is_in_place(node: Node) -> bool:
    """Return whether an op writes its result into its first operand, by torch's rule for names."""
    has_mark = node.short_op.endswith("_") and not node.short_op.endswith("__")
    return has_mark or node.short_op == "setitem" or node.attributes.get("inplace") is True


def output_numel(node: Node) -> int:
    """Return the number of elements of all that a node puts out, as far as shapes are known."""
    return sum(spec.numel for spec in node.output_specs if spec is not None)


def calls_around(topology: Topology, module: str, call: int | None) -> Iterator[Call]:
    """Yield one call of a module, then the calls that it happened in, innermost first."""
    key = None if call is None else (module, call)
    while key is not None and key[0] in topology.modules:
        calls = topology.modules[key[0]].calls
        if key[1] >= len(calls):
            return
        yield calls[key[1]]
        key = calls[key[1]].parent


@_answered_once
def read_tensors(topology: Topology) -> AbstractSet[str]:
    """Return the names of the parameters and buffers that some op reads, shared ones by every name.

    Those of modules that torch does not know of are among them.
    """
    stored = (node for node in topology.nodes.values() if node.kind in STORED_KINDS)
    read = {node.label for node in stored if topology.consumers(node)}
    for module in topology:
        for param in (*module.params, *module.buffers):
            names = {param.path, *param.shared_with}
            if names & read:
                read |= names
    return read


@_answered_once
def used_modules(topology: Topology) -> AbstractSet[str]:
    """Return the paths of the modules that took part in the run, and of all that hold one of these.

    A module takes part if it is called, through ``forward`` too, or if an op reads what it holds.
    What lies below an opaque node counts, since nobody saw what ran there.
    """
    used = {module.path for module in topology if module.calls or module.forward_calls}
    used.update(name.rpartition(".")[0] for name in read_tensors(topology))
    for node in topology.nodes.values():
        if node.kind == "const":
            used.add(str(node.attributes.get("holder", "")))
    used |= unseen_modules(topology)
    holders = {holder for path in used for name in _names(topology, path) for holder in paths_above(name)}
    return used | holders


@_answered_once
def unseen_modules(topology: Topology) -> AbstractSet[str]:
    """Return the paths of the modules in which nobody saw what ran: those of opaque nodes and all below."""
    opaque = [node.module for node in topology.nodes.values() if node.kind == "opaque" and node.module in topology]
    below = (child.path for path in opaque for child in descendants(topology, topology[path]))
    return {*opaque, *below}


def _names(topology: Topology, path: str) -> tuple[str, ...]:
    module = topology.modules.get(path)
    return (path, *module.aliases) if module else (path,)


def paths_above(path: str) -> Iterator[str]:
    """Yield the paths of the modules around one, by its dots, down from the closest."""
    while path:
        path = path.rpartition(".")[0]
        yield path


def params_below(topology: Topology, module: Module) -> Iterator[Param]:
    """Yield the parameters of a module and of all below it, each once."""
    seen: set[str] = set()
    for owner in (module, *descendants(topology, module)):
        for param in owner.params:
            if param.path not in seen:
                yield param
            seen.update((param.path, *param.shared_with))


def shapes_below(topology: Topology, module: Module) -> tuple[tuple[str, tuple[int, ...] | None], ...]:
    """Return names and shapes of the parameters below a module, by the names that they have within it."""
    below = params_below(topology, module)
    return tuple((param.path.removeprefix(f"{module.path}."), param.shape) for param in below)


def node_graph(topology: Topology) -> nx.MultiDiGraph[Any]:
    """Return the nodes by name with an edge for each tensor that flows; edges carry its ``spec``."""
    import networkx as nx  # noqa: PLC0415 -- 171 ms that most runs do without

    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph(name=topology.name)
    for node in topology.nodes.values():
        graph.add_node(node.name, node=node, op=node.op, kind=node.kind, module=node.module)
    for node in topology.nodes.values():
        for name, slot, spec in zip(node.inputs, node.input_slots, node.input_specs, strict=True):
            graph.add_edge(name, node.name, slot=slot, spec=spec)
    return graph


def leaf_calls(topology: Topology) -> dict[tuple[str, int], Call]:
    """Return the calls during which no other module was called, by module path and index."""
    parents = {call.parent for call in topology.calls}
    return {call.key: call for call in topology.calls if call.key not in parents}


def module_graph(topology: Topology, *, merge_calls: bool) -> nx.DiGraph[Any]:
    """Return which leaf call feeds which, container modules' own ops standing between them.

    See ``Topology.module_graph`` for the names of the vertices. Their ``kind`` is ``module`` or
    that of the node.
    """
    import networkx as nx  # noqa: PLC0415 -- 171 ms that most runs do without

    graph: nx.DiGraph[Any] = nx.DiGraph(name=topology.name)
    leaves = leaf_calls(topology)
    vertex: dict[str, Hashable] = {}
    for node in topology.nodes.values():
        if node.kind in STORED_KINDS:
            continue
        if node.call_key in leaves:
            vertex[node.name] = node.module if merge_calls else node.call_key
            graph.add_node(vertex[node.name], kind="module", module=node.module)
        else:
            vertex[node.name] = node.name
            graph.add_node(node.name, kind=node.kind, module=node.module)
        _connect(graph, vertex, node, tie_self=merge_calls)
    return graph


def _connect(graph: nx.DiGraph[Any], vertex: dict[str, Hashable], node: Node, *, tie_self: bool) -> None:
    """Add the edges into a node; an edge inside one call is none, one between two merged calls is a loop."""
    here = vertex[node.name]
    calls: dict[Hashable, int | None] = graph.graph.setdefault("calls", {})
    for producer in node.inputs:
        there = vertex.get(producer)
        if there is None:
            continue
        if there != here or (tie_self and calls.get(producer) != node.call):
            graph.add_edge(there, here)
    calls[node.name] = node.call


def flow(topology: Topology, vertex: Callable[[Node], _Vertex | None]) -> dict[_Vertex, set[_Vertex]]:
    """Return which vertices each vertex feeds, straight or through nodes that belong to none; not itself.

    ``vertex`` tells what a node belongs to. The size is that of the relation itself, which in a densely connected
    network is quadratic.
    """
    found: dict[_Vertex, set[_Vertex]] = {}
    reaches: dict[str, frozenset[_Vertex]] = {}
    for node in topology.nodes.values():
        sources = frozenset().union(*(reaches.get(name, frozenset()) for name in node.inputs))
        here = vertex(node)
        if here is None:
            reaches[node.name] = sources
            continue
        reaches[node.name] = frozenset({here})
        for source in sources - {here}:
            found.setdefault(source, set()).add(here)
    return found


def level(topology: Topology, module: Module) -> Level:
    """Return the inside of a module: a block for each call of a child and each node of its own."""
    blocks: dict[str, Block] = {}
    block_of: dict[str, str] = {}
    inside = {module.path, *(child.path for child in descendants(topology, module))}
    owners = _owners(topology, module)
    children = frozenset(module.children)
    for node in topology.nodes.values():
        if node.module not in inside:
            continue
        block = _block(module, node, owners, children)
        block_of[node.name] = block.name
        blocks.setdefault(block.name, block)
    return _with_edges(topology, module, blocks, block_of)


def _owners(topology: Topology, module: Module) -> dict[tuple[str, int], tuple[str, int]]:
    """Map each call below a module to the call of its own child that it happened in."""
    parent_of = {call.key: call.parent for call in topology.calls}
    owners: dict[tuple[str, int], tuple[str, int]] = {}
    for call in topology.calls:
        chain: list[tuple[str, int]] = []
        key: tuple[str, int] | None = call.key
        while key is not None and key not in owners and key[0] != module.path:
            chain.append(key)
            key = parent_of.get(key)
        if key is not None and chain:
            top = owners.get(key, chain[-1])
            owners.update(dict.fromkeys(chain, top))
    return owners


def _block(
    module: Module, node: Node, owners: dict[tuple[str, int], tuple[str, int]], children: Container[str]
) -> Block:
    owner = owners.get((node.module, node.call)) if node.call is not None else None
    if owner is None and node.module != module.path:
        child = _child_holding(module, children, node.module)
        owner = (child, 0) if child else None
    if owner is None:
        return Block(node.name, node.kind, node.label or node.short_op, node.module, node.call)
    path, index = owner
    label = path.removeprefix(f"{module.path}.") if module.path else path
    return Block(f"{path}#{index}", "module", label, path, index)


def _child_holding(module: Module, children: Container[str], path: str) -> str:
    """Return the child of a module whose subtree a path lies in, "" if none."""
    above = f"{module.path}." if module.path else ""
    child = above + path.removeprefix(above).partition(".")[0]
    return child if child in children else ""


def _with_edges(topology: Topology, module: Module, blocks: dict[str, Block], block_of: dict[str, str]) -> Level:
    edges: dict[tuple[str, str], Edge] = {}
    inputs: dict[str, None] = {}
    outputs: dict[str, None] = {}
    for name, here in block_of.items():
        node = topology.nodes[name]
        for producer, spec in zip(node.inputs, node.input_specs, strict=True):
            there = block_of.get(producer)
            if there is None:
                inputs[producer] = None
            elif there != here:
                edges.setdefault((there, here), Edge(there, here, spec))
        outputs.update(dict.fromkeys(reader.name for reader in topology.consumers(node) if reader.name not in block_of))
    return Level(module.path, tuple(blocks.values()), tuple(edges.values()), tuple(inputs), tuple(outputs))
