"""Topology: what rules, renderers, tests and the viewer see of a model."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import cached_property
from typing import TYPE_CHECKING, Any

from visunn_lint import assertions, cost, gradients, query, tree

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping

    import networkx as nx

    from visunn_lint.gradients import Gradient
    from visunn_lint.loss import Loss
    from visunn_lint.outline import Outline
    from visunn_lint.records import (
        BadWeight,
        Call,
        Captured,
        Checkpoint,
        Failure,
        Level,
        Mode,
        Module,
        Node,
        Param,
    )


@dataclass(frozen=True)
class Topology:
    """The modules of a model, the operations that its forward ran, and how data flows.

    ``modules`` by path in the order of registration, ``nodes`` by name in the order of execution:
    a node's producers come before it. ``collapsed`` leads from a module that holds
    nothing but one child to the child's path, and from one that is a single op to its node's name:
    what stands for it in drawings. ``failure`` is set when forward raised.
    """

    name: str
    modules: Mapping[str, Module]
    nodes: Mapping[str, Node]
    captured: Captured
    collapsed: Mapping[str, str] = field(default_factory=dict)
    failure: Failure | None = None
    page: Callable[[Topology], str] | None = field(default=None, repr=False, compare=False)
    """Makes the viewer's page of it, for notebooks; whoever captures a model hands it in."""

    # -- looking things up -------------------------------------------------------------------

    def __getitem__(self, path: str) -> Module:
        """Return the module at a path, which may be any of its names.

        Raises KeyError naming the closest paths.
        """
        module = self.modules.get(path) or self.modules.get(self._alias_targets.get(path, "\0"))
        if module is None:
            raise KeyError(self._unknown_path(path))
        return module

    def __contains__(self, path: object) -> bool:
        """Return whether a module has that path or alias."""
        return path in self.modules or path in self._alias_targets

    def __iter__(self) -> Iterator[Module]:
        """Iterate over the modules in the order of registration."""
        return iter(self.modules.values())

    def __len__(self) -> int:
        """Return the number of modules."""
        return len(self.modules)

    def find(self, pattern: str = "*", *, kind: str = "*") -> tuple[Module, ...]:
        """Return the modules whose path matches a glob and whose kind matches another.

        A kind matches by its full public name or by the class's name alone: ``Conv2d``,
        ``torch.nn.Batch*``.
        """
        return tuple(
            module for module in self if query.matches_path(module, pattern) and query.matches_kind(module, kind)
        )

    def ops(self, pattern: str = "*", *, module: str | None = None) -> tuple[Node, ...]:
        """Return the op nodes whose op (``aten::conv2d`` or ``conv2d``) matches, in order of execution."""
        nodes = self._ops if module is None else tuple(filter(_is_op, self.nodes_in(module)))
        if pattern == "*":
            return nodes
        matching = {
            op for op, short in self._op_names.items() if fnmatchcase(short, pattern) or fnmatchcase(op, pattern)
        }
        return tuple([node for node in nodes if node.op in matching]) if matching else ()

    def ops_named(self, names: Container[str]) -> tuple[Node, ...]:
        """Return the op nodes whose short name is one of these, in order of execution."""
        matching = {op for op, short in self._op_names.items() if short in names}
        return tuple([node for node in self._ops if node.op in matching]) if matching else ()

    def nodes_in(self, path: str, call: int | None = None) -> tuple[Node, ...]:
        """Return the nodes that belong to a module itself, not to its children."""
        nodes = self._nodes_by_module.get(self[path].path, ())
        return tuple(nodes) if call is None else tuple(node for node in nodes if node.call == call)

    def producers(self, node: Node) -> tuple[Node, ...]:
        """Return the nodes that a node reads, each once, in the order of its arguments."""
        return tuple(self.nodes[name] for name in dict.fromkeys(node.inputs))

    def consumers(self, node: Node) -> tuple[Node, ...]:
        """Return the nodes that read a node, each once, in order of execution."""
        return self._consumers.get(node.name, ())

    def call(self, path: str, index: int = 0) -> Call:
        """Return one call of a module; raises KeyError if there was none of that index."""
        calls = self[path].calls
        if not 0 <= index < len(calls):
            msg = f"`{path}` was called {len(calls)} times, there is no call {index}"
            raise KeyError(msg)
        return calls[index]

    def parent(self, module: Module) -> Module | None:
        """Return the module that holds another; None for the root."""
        return self.modules.get(self._parents[module.path]) if module.path in self._parents else None

    def descendants(self, module: Module) -> tuple[Module, ...]:
        """Return every module below another, depth first, each once."""
        return tuple(query.descendants(self, module))

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """Every module call, grouped by module."""
        return tuple(call for module in self for call in module.calls)

    # -- totals ------------------------------------------------------------------------------

    @cached_property
    def params(self) -> tuple[Param, ...]:
        """Every registered parameter once, however many names it has."""
        return tuple(query.unique_params(self))

    @property
    def parameter_count(self) -> int:
        """The number of elements of all parameters, shared ones counted once."""
        return sum(param.numel for param in self.params)

    @property
    def trainable_parameter_count(self) -> int:
        """The number of elements of all parameters that require a gradient."""
        return sum(param.numel for param in self.params if param.requires_grad)

    @cached_property
    def flops(self) -> int:
        """The floating point operations of the captured run, its whole batch; a multiply and an add are two."""
        return cost.flops(self)

    @property
    def depth(self) -> int:
        """How deep modules are nested; the children of the model are at depth 1."""
        return assertions.depth(self)

    @cached_property
    def gradients(self) -> tuple[Gradient, ...]:
        """What becomes of the gradient of each trainable parameter, if all outputs were differentiated."""
        return gradients.param_gradients(self)

    # -- graphs ------------------------------------------------------------------------------

    @cached_property
    def graph(self) -> nx.MultiDiGraph[Any]:
        """The nodes by name, an edge for each tensor that flows (networkx)."""
        return query.node_graph(self)

    def module_graph(self, *, merge_calls: bool = False) -> nx.DiGraph[Any]:
        """Return which module call feeds which (networkx).

        Vertices are the calls of modules that call no other module, named ``(path, index)``, and
        the ops that container modules run themselves, by node name. With ``merge_calls`` the calls
        of one module are one vertex, named by its path: a recycled layer is then a cycle.
        """
        return query.module_graph(self, merge_calls=merge_calls)

    def level(self, path: str = "") -> Level:
        """Return one module's inside: its submodules, its ops, and the edges in, out and between."""
        return query.level(self, self[path])

    # -- stating what has to hold, and the data that it is stated of ---------------------------

    assert_shapes = assertions.assert_shapes
    assert_chain = assertions.assert_chain
    chains = assertions.chains
    assert_reaches = assertions.assert_reaches
    assert_independent = assertions.assert_independent
    paths = assertions.paths
    assert_no = assertions.assert_no
    assert_count = assertions.assert_count
    count = assertions.count
    assert_calls = assertions.assert_calls
    assert_budget = assertions.assert_budget

    # -- showing -----------------------------------------------------------------------------

    def __str__(self) -> str:
        """Return the tree, as ``visunn tree`` prints it without colour."""
        return tree.format_plain(self, cost.measure(self))

    def _repr_html_(self) -> str:
        """Return the tree as a notebook shows it, with a button for the viewer where that was built."""
        lines = tree.lines(self, cost.measure(self))
        return tree.to_html(lines, self.page(self) if self.page is not None else "")

    def __repr__(self) -> str:
        """Return one line that says what it is."""
        return f"<Topology {self.name}: {len(self.modules)} modules, {len(self.nodes)} nodes, {self.captured.mode}>"

    # -- indices, each built once when first asked for ------------------------------------------

    @cached_property
    def _alias_targets(self) -> dict[str, str]:
        return {alias: module.path for module in self for alias in module.aliases}

    @cached_property
    def _parents(self) -> dict[str, str]:
        return {child: module.path for module in reversed(tuple(self)) for child in module.children}

    @cached_property
    def _ops(self) -> tuple[Node, ...]:
        return tuple(filter(_is_op, self.nodes.values()))

    @cached_property
    def _op_names(self) -> dict[str, str]:
        """The short name of each op there is, by its name: the question is asked for every rule."""
        return {node.op: node.short_op for node in self._ops}

    @cached_property
    def _nodes_by_module(self) -> dict[str, list[Node]]:
        return _group(self.nodes.values())

    @cached_property
    def _consumers(self) -> dict[str, tuple[Node, ...]]:
        found: defaultdict[str, list[Node]] = defaultdict(list)
        for node in self.nodes.values():
            for producer in dict.fromkeys(node.inputs):
                found[producer].append(node)
        return {name: tuple(nodes) for name, nodes in found.items()}

    def _unknown_path(self, path: str) -> str:
        close = get_close_matches(path, [*self.modules, *self._alias_targets], n=3)
        hint = f"; did you mean {' or '.join(f'`{name}`' for name in close)}?" if close else ""
        return f"no module `{path}` in {self.name}{hint}"


def _is_op(node: Node) -> bool:
    return node.kind in {"op", "opaque"}


def _group(nodes: Iterable[Node]) -> dict[str, list[Node]]:
    groups: defaultdict[str, list[Node]] = defaultdict(list)
    for node in nodes:
        groups[node.module].append(node)
    return dict(groups)


@dataclass(frozen=True, slots=True)
class CapturedModel:
    """All that is known of one model when its rules run; what was not asked for is None.

    ``eval`` and ``train`` are the captures in these modes, ``rebatched`` the eval capture at
    another batch size; where that lacks but the name of the batch axis, ``naming_batch`` has the
    inputs with it. ``checkpoint`` is what the configuration says that the model is to load,
    ``shapes`` what shapes it is to have, as expressions by globs of module paths, ``locked`` what
    the lock file says of it. ``unfit`` tells of modes that were left out, as guessed inputs do not
    do there, what forward raised. ``loss`` is the one that its outputs go to, declared or read from
    its class. ``in_eval`` are the modules that were in eval mode as it was delivered. ``weights`` are
    what is wrong with its tensors after a build for real. ``configured`` is the name by which the
    configuration knows it, or its whole file.
    """

    name: str
    eval: Topology | None = None
    train: Topology | None = None
    rebatched: Topology | None = None
    naming_batch: str = ""
    inputs_are_guessed: bool = False
    declared_ties: tuple[tuple[str, ...], ...] = ()
    checkpoint: Checkpoint | None = None
    locked: Outline | None = None
    unfit: tuple[tuple[Mode, str], ...] = ()
    shapes: Mapping[str, str] | None = None
    loss: Loss | None = None
    in_eval: frozenset[str] = frozenset()
    weights: tuple[BadWeight, ...] | None = None
    configured: str = ""

    @property
    def topology(self) -> Topology:
        """The eval capture, or the train capture where there is no other."""
        if not self.topologies:
            msg = f"{self.name} was captured in no mode"
            raise ValueError(msg)
        return self.topologies[0]

    @property
    def topologies(self) -> tuple[Topology, ...]:
        """The captures of both modes, as far as they were made."""
        return tuple(topology for topology in (self.eval, self.train) if topology is not None)

    @property
    def has_failed(self) -> bool:
        """Whether forward raised in some mode: what comes after that is not known."""
        return any(topology.failure is not None for topology in self.topologies)
