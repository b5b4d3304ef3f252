"""Whether every parameter that is to be trained gets a gradient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from visunn_lint import query, source
from visunn_lint.behaviour.running import captured_run
from visunn_lint.pipeline.probing.gradients import without_gradient

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import nn

    from visunn_lint.topology import Topology

_MOST = 8
_CUTS = frozenset({"argmax", "argmin", "detach", "detach_"})


def assert_gradients_reach(
    model: nn.Module,
    args: tuple[Any, ...] | None = None,
    kwargs: Mapping[str, Any] | None = None,
    *,
    inputs: object = None,
) -> None:
    """Fail unless the outputs have a gradient for every parameter that requires one.

    A copy of the model runs forward and backward once, in train, on real tensors. A gradient of zeros has reached
    its parameter. The arguments are those of ``visunn_lint.trace``.
    """
    __tracebackhide__ = True
    run = captured_run(model, args, kwargs, inputs, modes=("train",))
    missing = without_gradient(model, run.arguments.args, run.arguments.kwargs)
    if not missing:
        return
    topology = run.topologies["train"]
    total = sum(param.requires_grad for param in topology.params)
    reasons: dict[str, list[str]] = {}
    for name in missing:
        reasons.setdefault(_reason(topology, name), []).append(name)
    told = [f"no gradient reaches {len(missing)} of {total} trainable parameters of {topology.name}"]
    for reason, names in reasons.items():
        more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
        told += [f"    {', '.join(names[:_MOST])}{more}", f"        {reason}"]
    raise AssertionError("\n".join(told))


def _reason(topology: Topology, name: str) -> str:
    """Return why a parameter gets no gradient, as far as the graph tells."""
    module = topology.modules.get(name.rpartition(".")[0])
    if module is not None and not module.calls and name not in query.read_tensors(topology):
        place = f", built at {source.quoted(module.source)}" if module.source else ""
        return f"`{module.path}` is never called{place}"
    nodes = [node for node in topology.nodes.values() if node.kind == "param" and node.label == name]
    reached = query.reachable(nodes, topology.consumers)
    if len(reached) <= len(nodes):
        return "no op reads it"
    cuts = [node for node in topology.nodes.values() if node.name in reached and node.short_op in _CUTS]
    for cut in cuts[:1]:
        place = f" at {source.quoted(cut.source)}" if cut.source else ""
        return f"cut off by `{cut.short_op}`{place}"
    if not any(node.kind == "output" for node in reached.values()):
        return "it is read, and nothing that depends on it is returned"
    return "cut off on the way to the outputs: by no_grad, or by an op without a gradient"
