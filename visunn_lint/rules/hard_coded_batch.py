"""VIS204 hard-coded-batch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint.finding import Finding, Severity
from visunn_lint.records import Failure, Node
from visunn_lint.rules._axes import batch_size, first_input, first_output
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.topology import CapturedModel, Topology

_RESHAPES = frozenset({"view", "reshape", "unflatten", "resize"})


@dataclass(frozen=True)
class HardCodedBatch(Rule):
    """``forward`` works with one batch size and not with another.

    It is run with two batch sizes that share no factor, and, where it fails with one of them, with a
    multiple of the other: a model that wants whole groups is right. It either raises, or
    folds the batch into an axis of a fixed size, so that no output follows the batch. A note
    where the batch axis is our guess: declare it with ``b`` in the input, as in ``b x 3 x 32 x 32``.

    ## Why is this bad?
    The last batch of an epoch is smaller, and in production it is one.

    ## Use instead
    ``x.shape[0]``, or -1, in the place of the number.

    ## References
    - PyTorch forums, "shape '[64, -1]' is invalid for input of size"
    """

    code = "VIS204"
    name = "hard-coded-batch"
    category = "shapes"
    severity = Severity.ERROR
    since = "0.1.0"
    needs = frozenset({"eval", "rebatched"})
    covers = frozenset({"VIS213"})
    bad = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.gru = nn.GRU(4, 4, batch_first=True)

                def forward(self, x):
                    return self.gru(x, torch.zeros(1, 8, 4))[0]
            """,
            inputs="b x 5 x 4",
            at=("gru",),
        ),
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 2)

                def forward(self, x):
                    return self.fc(x).view(2, -1)
            """,
            inputs="b x 4",
            at=("",),
        ),
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.start = nn.Parameter(torch.zeros(2, 1, 4))

                def forward(self, x):
                    return torch.cat([self.start, x], 1)
            """,
            inputs="b x 5 x 4",
            at=("",),
        ),
    )
    good = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.gru = nn.GRU(4, 4, batch_first=True)

                def forward(self, x):
                    return self.gru(x, torch.zeros(1, x.shape[0], 4))[0]
            """,
            inputs="b x 5 x 4",
        ),
        Example("nn.Linear(4, 2)", inputs="2x4"),
        Example(
            """
            class Net(nn.Module):  # pairs of samples; and a batch that stands second
                def forward(self, x):
                    return x.view(-1, 2, 6).flip(1).view(-1, 6).transpose(0, 1)
            """,
            inputs="b x 6",
        ),
        Example(
            """
            class Net(nn.Module):  # the sequence comes first, the batch is folded into it and taken out again
                def forward(self, x):
                    return x.reshape(-1, 4).softmax(1).view(5, -1, 4)
            """,
            inputs="5 x b x 4",
        ),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for the batch size that forward fails at, or for what folds the batch."""
        if model.eval is None or model.rebatched is None:
            return
        sizes = batch_size(model), _other_batch_size(model)
        if model.eval.failure is not None:
            yield self._fails(model, model.eval.failure, sizes[0], sizes[1])
        elif model.rebatched.failure is not None:
            yield self._fails(model, model.rebatched.failure, sizes[1], sizes[0])
        else:
            yield from (self._folds(model, node) for node in _folding(model.eval, sizes[0]))

    def _fails(self, model: CapturedModel, failure: Failure, fails: int, works: int) -> Finding:
        op = f" in {failure.op.rpartition('::')[2]}" if failure.op else ""
        reason = next(iter(failure.message.strip().splitlines()), "no message")
        return self.finding(
            failure.module,
            f"forward works with a batch of {works} and raises{op} with one of {fails}: {reason}",
            location=failure.source,
            label=f"raises {failure.error} with a batch of {fails}",
            advice="take the batch size from the input: x.shape[0], or -1",
            severity=Severity.INFO if model.inputs_are_guessed else None,
        )

    def _folds(self, model: CapturedModel, node: Node) -> Finding:
        spec = first_output(node)
        size = spec.shape[0] if spec else 0
        return self.finding(
            node,
            f"`{node.short_op}` makes the first axis {size}, whatever the batch: the outputs do not follow the batch",
            label="samples are spread over other axes",
            advice="take the batch size from the input: x.shape[0], or -1",
            severity=Severity.INFO if model.inputs_are_guessed else None,
        )


def _other_batch_size(model: CapturedModel) -> int:
    """Return the batch size of the second run."""
    if model.eval is None or model.rebatched is None:
        return 0
    pairs = zip(model.eval.captured.inputs, model.rebatched.captured.inputs, strict=False)
    return next((there.spec.shape[axis] for here, there in pairs for axis in here.spec.batch_dims), 0)


def _folding(topology: Topology, batch: int) -> Iterator[Node]:
    """Yield the first op that gives the first axis a fixed size in place of the batch, if no output has it back."""
    if any(slot.spec.batch_dims not in {(), (0,)} for slot in topology.captured.inputs):
        return
    outputs = [spec for node in topology.nodes.values() if node.kind == "output" for spec in node.output_specs if spec]
    if any(0 in spec.batch_dims for spec in outputs) or not any(spec.batch_dims for spec in outputs):
        return
    for node in topology.ops_named(_RESHAPES):
        before, after = first_input(node), first_output(node)
        if before is None or after is None or not after.batch_dims:
            continue
        is_batch = 0 in before.batch_dims and before.shape[0] == batch
        if is_batch and 0 not in after.batch_dims and after.shape[0] > 1:
            yield node
            return
