"""VIS507 norm-of-one-value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

from visunn_lint.finding import Finding, Severity
from visunn_lint.records import Node
from visunn_lint.rules._authors import placed_at
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.topology import CapturedModel, Topology

_POOLS = ("adaptive_avg_pool", "adaptive_max_pool", "mean", "amax")
_CHANNELS_FIRST = 2
"""The axes before those of space: batch and channels."""


@dataclass(frozen=True)
class NormOfOneValue(Rule):
    """A norm takes mean and variance of a single value for each sample.

    A batch norm behind a global pooling, or a group norm, instance norm or layer norm whose groups hold one value
    each. A batch norm of plain ``(N, C)`` features is right, and is left alone.

    ## Why is this bad?
    The variance of one value is zero. With a batch of one, such as the last of an epoch, a batch norm raises
    "Expected more than 1 value per channel when training", and small batches give it next to nothing to go by.
    A group, instance or layer norm of one value returns its own shift, whatever came in.

    ## Use instead
    No norm behind a pooling to 1×1, or one over the channels (``GroupNorm`` of few groups, ``LayerNorm``);
    ``drop_last=True`` where the batch norm is to stay.

    ## References
    - pytorch/pytorch#13223
    """

    code = "VIS507"
    name = "norm-of-one-value"
    category = "training"
    severity = Severity.WARNING
    since = "0.1.0"
    bad = (
        Example(
            "nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(4, 8, 1), nn.BatchNorm2d(8), nn.ReLU())",
            inputs="2x4x6x6",
            at=("2",),
        ),
        Example("nn.Sequential(nn.Linear(4, 8), nn.GroupNorm(8, 8))", inputs="2x4", at=("1",)),
        Example("nn.Sequential(nn.Linear(4, 1), nn.LayerNorm(1))", inputs="2x4", at=("1",)),
    )
    good = (
        Example("nn.Sequential(nn.Conv2d(4, 8, 1), nn.BatchNorm2d(8), nn.AdaptiveAvgPool2d(1))", inputs="2x4x6x6"),
        Example("nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8))", inputs="2x4"),
        Example("nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(4, 8, 1), nn.GroupNorm(2, 8))", inputs="2x4x6x6"),
        Example("nn.Sequential(nn.MaxPool2d(4), nn.BatchNorm2d(4))", inputs="2x4x4x4"),
        Example(
            """
            class Net(nn.Module):  # statistics that stand still
                def __init__(self):
                    super().__init__()
                    self.pool, self.norm = nn.AdaptiveAvgPool2d(1), nn.BatchNorm2d(4)

                def forward(self, x):
                    return self.norm(self.pool(x))

                def train(self, mode=True):
                    super().train(mode)
                    self.norm.eval()
                    return self
            """,
            inputs="2x4x6x6",
        ),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each norm that sees one value of a sample."""
        if model.train is None:
            return
        pooled = _pooled(model.train)
        for node in model.train.ops("batch_norm"):
            if node.attributes.get("training") is True and node.inputs[0] in pooled:
                what = "one value per channel and sample: its map was pooled to one pixel"
                yield self._report(model.train, node, what, "leave it out: training on a batch of one raises there")
        for node in model.train.ops("*_norm"):
            if _values_in_group(node, is_pooled=node.inputs[0] in pooled) == 1:
                what = "single values: what it returns does not depend on them"
                yield self._report(model.train, node, what, "normalise over more values: fewer groups, or another axis")

    def _report(self, topology: Topology, node: Node, what: str, advice: str) -> Finding:
        return self.finding(
            node,
            f"`{node.short_op}` in `{node.module or 'forward'}` normalises {what}",
            location=placed_at(topology, node),
            label="the variance of one value is zero",
            advice=advice,
        )


def _pooled(topology: Topology) -> set[str]:
    """Return the nodes that hold one pixel for each channel since a pooling that always leaves one."""
    found: set[str] = set()
    for node in topology.nodes.values():
        spec = node.output_specs[0] if node.output_specs else None
        if spec is None or len(spec.shape) <= _CHANNELS_FIRST or prod(spec.shape[_CHANNELS_FIRST:]) != 1:
            continue
        if node.short_op.startswith(_POOLS) or (node.inputs and node.inputs[0] in found):
            found.add(node.name)
    return found


def _values_in_group(node: Node, *, is_pooled: bool) -> int:
    """Return how many values share a mean; 0 where that is not known, or due to the size of these inputs alone."""
    spec = node.input_specs[0]
    shape = spec.shape if spec is not None else ()
    has_map = len(shape) > _CHANNELS_FIRST
    match node.short_op, node.attributes:
        case "layer_norm", {"normalized_shape": tuple(dims)}:
            return prod(dim for dim in dims if isinstance(dim, int))
        case "group_norm", {"num_groups": int(groups)} if len(shape) > 1 and groups and (is_pooled or not has_map):
            return shape[1] // groups
        case "instance_norm", _ if is_pooled:
            return 1
    return 0
