"""How large a model may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visunn_lint import cost

if TYPE_CHECKING:
    from collections.abc import Mapping

    from visunn_lint.topology import Topology

_MOST = 3
"""How many modules are named that a model owes its size to."""


def depth(topology: Topology) -> int:
    """Return how deep its modules are nested; the children of the model are at depth 1."""
    return max((_level(module.path) for module in topology if module.registered), default=0)


def assert_budget(
    topology: Topology,
    *,
    params: float | None = None,
    trainable_params: float | None = None,
    flops: float | None = None,
    activation_bytes: float | None = None,
    depth: int | None = None,
) -> None:
    """Fail if the model is larger than it may be.

    ``params`` counts shared ones once; ``flops`` is one forward of the captured inputs, the whole batch,
    a multiply and an add being two; ``activation_bytes`` are those of forward and backward, as
    ``visunn tree`` shows them; ``depth`` is that of the nesting. The twins are ``parameter_count``,
    ``trainable_parameter_count``, ``flops`` and ``depth`` of the topology.
    """
    __tracebackhide__ = True
    told: list[str] = []
    if params is not None:
        told += _over("parameters", topology.parameter_count, params, _sizes(topology, trainable=False))
    if trainable_params is not None:
        sizes = _sizes(topology, trainable=True)
        told += _over("trainable parameters", topology.trainable_parameter_count, trainable_params, sizes)
    if flops is not None:
        told += _over("FLOPs", topology.flops, flops, _leaf_flops(topology))
    if activation_bytes is not None:
        told += _over("bytes of activations", cost.activation_bytes(topology), activation_bytes, {})
    if depth is not None:
        told += _too_deep(topology, depth)
    if told:
        raise AssertionError("\n".join([f"{topology.name} is over budget", *told]))


def _over(what: str, found: int, most: float, shares: Mapping[str, int]) -> list[str]:
    """Return in lines that a budget is exceeded, and which modules take most of it; nothing if it is not."""
    if found <= most:
        return []
    excess = f", {found / most:.2f} × the budget" if most else ""
    largest = sorted(shares.items(), key=lambda item: -item[1])[:_MOST]
    named = ", ".join(f"{path} {share:,}" for path, share in largest if share)
    mostly = f"\n        largest: {named}" if named else ""
    return [f"    {found:,} {what}, {most:,.0f} allowed{excess}{mostly}"]


def _too_deep(topology: Topology, most: int) -> list[str]:
    if topology.depth <= most:
        return []
    deepest = max((module.path for module in topology if module.registered), key=_level)
    return [f"    modules are nested {topology.depth} deep, {most} allowed: `{deepest}`"]


def _sizes(topology: Topology, *, trainable: bool) -> dict[str, int]:
    return {
        module.path or topology.name: sum(p.numel for p in module.params if p.requires_grad or not trainable)
        for module in topology
        if module.registered
    }


def _leaf_flops(topology: Topology) -> dict[str, int]:
    by_path = cost.module_flops(topology)
    return {module.path: by_path[module.path] for module in topology if not module.children and module.path}


def _level(path: str) -> int:
    return path.count(".") + 1 if path else 0
