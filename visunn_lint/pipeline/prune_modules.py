"""Step 4 of the pipeline: modules that only wrap one thing step aside for it in drawings."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from visunn_lint.pipeline.graph import Graph
    from visunn_lint.records import Module, Node

_OPS = frozenset({"op", "opaque"})


def prune_modules(graph: Graph) -> Graph:
    """Return the graph with ``collapsed`` filled in: who holds a single thing, and what stands for it.

    A module with one child and no op or parameter of its own, which calls that child once in each
    of its own calls, is collapsed onto what stands for the child; a module without children that runs
    one op in each call, onto the name of that op's node (in the first call). No module and no node is
    removed: each is still found by its own path. The root is the picture's frame and stays. Linear in
    the modules and nodes.
    """
    modules = {module.path: module for module in graph.table.modules}
    ops = _ops_by_module(graph.nodes)
    wrapped: dict[str, str] = {}
    collapsed: dict[str, str] = {}
    for path, module in modules.items():
        if not path:
            continue
        if module.children:
            child = _only_child(module, modules, ops[path])
            wrapped.update({path: child} if child else {})
        elif _runs_one_op(module, ops[path]):
            collapsed[path] = ops[path][0].name
    ends = _ends(wrapped)
    return replace(graph, collapsed={**collapsed, **{path: collapsed.get(end, end) for path, end in ends.items()}})


def _ops_by_module(nodes: Mapping[str, Node]) -> defaultdict[str, list[Node]]:
    found: defaultdict[str, list[Node]] = defaultdict(list)
    for node in nodes.values():
        if node.kind in _OPS:
            found[node.module].append(node)
    return found


def _runs_one_op(module: Module, ops: list[Node]) -> bool:
    per_call = Counter(node.call for node in ops)
    return set(per_call.values()) == {1} and len(per_call) == max(1, len(module.calls))


def _only_child(module: Module, modules: Mapping[str, Module], ops: list[Node]) -> str:
    """Return the path of the one thing that a module holds, "" if there is more to it."""
    if len(module.children) > 1 or ops or module.params or module.buffers:
        return ""
    child = modules.get(module.children[0])
    return child.path if child is not None and _is_called_along(module, child) else ""


def _is_called_along(module: Module, child: Module) -> bool:
    """Return whether each call of a module makes one call of its child; a mere container is never called."""
    if not module.calls:
        return True
    return Counter(call.parent for call in child.calls) == Counter(call.key for call in module.calls)


def _ends(steps: Mapping[str, str]) -> dict[str, str]:
    """Return where each chain of steps ends; a chain that bites its tail has no end."""
    ends: dict[str, str] = {}
    for start in steps:
        chain: dict[str, None] = {}
        path = start
        while path in steps and path not in ends and path not in chain:
            chain[path] = None
            path = steps[path]
        if path not in chain:
            ends.update(dict.fromkeys(chain, ends.get(path, path)))
    return ends
