"""VIS207 view-as-transpose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint import query
from visunn_lint.finding import Finding, Severity
from visunn_lint.records import Node
from visunn_lint.rules._axes import first_input, first_output
from visunn_lint.rules._reordering import is_reordered, may_be_reordered
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.topology import CapturedModel, Topology

_VIEWS = frozenset({"view", "reshape"})
_SLICES = frozenset({"getitem", "narrow", "slice"})
_VIEWS_BACK = _VIEWS | {"view_as", "reshape_as"}
_PRODUCTS = frozenset({"matmul", "bmm", "einsum", "scaled_dot_product_attention"})
_JOINS = frozenset({"cat", "concat", "concatenate"})
_PASS_ON = frozenset({"contiguous", "dropout", "clone"})


@dataclass(frozen=True)
class ViewAsTranspose(Rule):
    """``view`` or ``reshape`` gives a tensor the shape that it would have with its axes in another order.

    ``(batch, length, channels)`` becomes ``(batch, channels, length)``, or heads and steps change
    places while heads and features become one. Where the result is sliced and viewed back, as relative
    attention shifts its scores, it is meant so; where it may be what was joined just before, taken apart again, too.

    ## Why is this bad?
    ``view`` moves no element. What is called channel afterwards holds parts of several steps: values of
    different positions, and of different samples if the batch is among these axes, are mixed up.

    ## Use instead
    ``transpose`` or ``permute`` first, then ``reshape`` to merge axes that lie side by side.

    ## References
    - zhouhaoyi/Informer2020#59
    """

    code = "VIS207"
    name = "view-as-transpose"
    category = "shapes"
    severity = Severity.WARNING
    since = "0.1.0"
    bad = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.conv = nn.Conv1d(4, 4, 3)

                def forward(self, x):
                    batch, steps, features = x.shape
                    return self.conv(x.view(batch, features, steps))
            """,
            inputs="2x7x4",
            at=("",),
        ),
        Example(
            """
            class Net(nn.Module):
                def forward(self, x, y):
                    x = torch.cat((x, y), -1)
                    batch, steps, features = x.shape
                    return x.view(batch, features, steps)
            """,
            inputs="2x5x4, 2x5x4",
            at=("",),
        ),
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(12, 4)

                def forward(self, x):  # heads before steps
                    batch, heads, steps, features = x.shape
                    return self.fc(x.reshape(batch, steps, heads * features))
            """,
            inputs="2x3x7x4",
            at=("",),
        ),
    )
    good = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.conv = nn.Conv1d(4, 4, 3)

                def forward(self, x):
                    return self.conv(x.transpose(1, 2))
            """,
            inputs="2x7x4",
        ),
        Example(
            """
            class Net(nn.Module):  # axes side by side are split and merged; sizes that are alike
                def forward(self, x):
                    x = x.view(2, 7, 2, 6).transpose(1, 2).reshape(2, 2, 42)
                    return x.view(2, 2, 6, 7).flatten(2).view(4, 42)
            """,
            inputs="2x7x12",
        ),
        Example(
            """
            class Net(nn.Module):  # the last axis is split, and its first part merged with what stands before
                def forward(self, x):
                    return x.permute(0, 2, 3, 1).reshape(x.shape[0], -1, 4)
            """,
            inputs="2x12x4x4",
        ),
        Example(
            """
            class Net(nn.Module):  # what was joined, taken apart again: the parts of each step side by side
                def forward(self, x, y):
                    return torch.cat((x, y), -1).reshape(x.shape[0], -1, 4)
            """,
            inputs="3x4x4, 3x4x4",
        ),
        Example(
            """
            class Net(nn.Module):  # the shift of relative attention
                def forward(self, scores):
                    batch, steps, distances = scores.shape
                    shifted = F.pad(scores, (1, 0)).view(batch, distances + 1, steps)
                    return shifted[:, 1:].view_as(scores)
            """,
            inputs="2x5x5",
        ),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each view that changes the order of axes, as far as their sizes tell."""
        for topology in model.topologies:
            for node in topology.ops_named(_VIEWS):
                before, after = first_input(node), first_output(node)
                if before is None or after is None:
                    continue
                source = _source(topology, node)
                asked = may_be_reordered if source is not None and source.short_op in _PRODUCTS else is_reordered
                is_told = all(asked(shape, after.shape) for shape in _readings(source, before.shape))
                if is_told and _has_meaning(topology, node) and not _shifts(topology, node):
                    yield self._report(node, before.shape, after.shape)

    def _report(self, node: Node, before: tuple[int, ...], after: tuple[int, ...]) -> Finding:
        return self.finding(
            node,
            f"`{node.short_op}` from {'×'.join(map(str, before))} to {'×'.join(map(str, after))} moves no element, "
            "though the axes change places",
            label="values of different positions are mixed",
            advice="transpose or permute first",
        )


def _has_meaning(topology: Topology, node: Node) -> bool:
    """Return whether a view reads what was computed, not a weight whose axes mean what the view makes of them."""
    producer = next(iter(topology.producers(node)), None)
    return producer is not None and producer.kind not in query.STORED_KINDS


def _shifts(topology: Topology, node: Node) -> bool:
    """Return whether a view is one of two with a slice between them: rows of another length, to shift them."""
    return any(
        slice_.short_op in _SLICES and any(each.short_op in _VIEWS_BACK for each in beyond(slice_))
        for beyond in (topology.consumers, topology.producers)
        for slice_ in beyond(node)
    )


def _source(topology: Topology, node: Node) -> Node | None:
    """Return what made the values that a view reads: a product of matrices, say, whose axes nobody has ordered yet."""
    producer = next(iter(topology.producers(node)), None)
    while producer is not None and producer.short_op in _PASS_ON:
        producer = next(iter(topology.producers(producer)), None)
    return producer


def _readings(source: Node | None, shape: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Yield a shape as it is, and with an axis that was joined of equal parts as two: the parts, and one of them."""
    yield shape
    parts = [spec.shape for spec in source.input_specs if spec] if source and source.short_op in _JOINS else []
    if len(set(parts)) == 1:
        for axis, size in enumerate(parts[0]):
            if size != shape[axis]:
                yield (*shape[:axis], len(parts), size, *shape[axis + 1 :])
