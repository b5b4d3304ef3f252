"""What goes into a loss: one that forward calls, or one that is known to be called on what forward returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visunn_lint.finding import Related
from visunn_lint.loss import Loss
from visunn_lint.rules._provenance import computed_by, operand, trained_outputs, training_capture

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from visunn_lint.records import Node
    from visunn_lint.topology import CapturedModel, Topology


def loss_inputs(model: CapturedModel, names: AbstractSet[str]) -> Iterator[tuple[Topology, Node, Loss]]:
    """Yield the node that made what each loss of some names judges, and the loss."""
    for topology in model.topologies:
        for node in topology.ops_named(names):
            if node.inputs:
                yield topology, operand(topology, node), Loss(node.short_op, node.source)
    trained = training_capture(model)
    if trained is not None and model.loss is not None and model.loss.name in names:
        yield from ((trained, value, model.loss) for value in _judged(trained))


def loss_place(loss: Loss) -> tuple[Related, ...]:
    """Return where a loss is called, if that is known."""
    return (Related(f"`{loss.name}` is called here", loss.source),) if loss.source else ()


def _judged(topology: Topology) -> Iterator[Node]:
    """Yield what makes the outputs that a loss is computed on.

    An output that is another one's probabilities is not: the loss gets that other one.
    """
    outputs = [node for node in topology.nodes.values() if node.kind == "output"]
    scores = {computed_by(topology, node).name for output in outputs for node in topology.producers(output)}
    for output in trained_outputs(topology):
        value = operand(topology, output)
        made = computed_by(topology, value)
        if not any(computed_by(topology, before).name in scores for before in topology.producers(made)[:1]):
            yield value
