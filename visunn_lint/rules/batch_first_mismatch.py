"""VIS205 batch-first-mismatch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint import query
from visunn_lint.finding import Finding, Severity
from visunn_lint.records import Call, Module
from visunn_lint.rules._axes import first_input
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.topology import CapturedModel, Topology

_SEQUENCE = frozenset(
    f"torch.nn.{name}"
    for name in (
        "RNN",
        "LSTM",
        "GRU",
        "MultiheadAttention",
        "Transformer",
        "TransformerEncoder",
        "TransformerEncoderLayer",
        "TransformerDecoder",
        "TransformerDecoderLayer",
    )
)
_TELLS_BATCH = ("conv1d", "conv2d", "conv3d", "batch_norm", "max_pool2d", "avg_pool2d", "adaptive_avg_pool2d")


@dataclass(frozen=True)
class BatchFirstMismatch(Rule):
    """A recurrent layer or an attention gets the batch where it expects the sequence.

    Without ``batch_first=True`` these layers read (sequence, batch, features), with it (batch, sequence,
    features), and an input of two axes is one sequence without a batch. Two runs with different batch
    sizes tell which axis is the batch. Where that axis is our guess, there has to be a convolution or
    a batch norm that reads it so, too.

    ## Why is this bad?
    The samples of a batch are taken for the steps of a sequence: each sees the others, and the steps of one
    sample never meet. Shapes fit, training goes on, and results depend on who is in the batch.

    ## Use instead
    ``batch_first=True``, or ``x.transpose(0, 1)`` before the layer.

    ## References
    - transedward/pytorch-dqn#1
    - IBM/TabFormer#14
    """

    code = "VIS205"
    name = "batch-first-mismatch"
    category = "shapes"
    severity = Severity.ERROR
    since = "0.1.0"
    needs = frozenset({"eval", "rebatched"})
    bad = (
        Example("nn.LSTM(4, 8)", inputs="b x 5 x 4", at=("",)),
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16), 2)
                    self.gru = nn.GRU(8, 8, batch_first=True)
                    self.attention = nn.MultiheadAttention(8, 2)

                def forward(self, x):
                    x = self.encoder(x)
                    x, _ = self.gru(x.transpose(0, 1))
                    x = x.mean(0)
                    return self.attention(x, x, x)[0]
            """,
            inputs="b x 5 x 8",
            at=("encoder", "gru", "attention"),
        ),
    )
    good = (
        Example("nn.LSTM(4, 8, batch_first=True)", inputs="b x 5 x 4"),
        Example("nn.GRU(4, 8)", inputs="5 x b x 4"),
        Example("nn.LSTM(4, 8)", inputs="2x5x4"),
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 2)
                    self.attention = nn.MultiheadAttention(8, 2)

                def forward(self, x):
                    x = self.encoder(x).transpose(0, 1)
                    return self.attention(x, x, x)[0]
            """,
            inputs="b x 5 x 8",
        ),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each such layer, the outermost where they are nested."""
        topology = model.eval
        if topology is None or (model.inputs_are_guessed and not _is_sure_of_batch(topology)):
            return
        for module in topology:
            wrong = next((call for call in module.calls if _is_mismatch(topology, module, call)), None)
            if wrong is not None and not _is_part_of_one(topology, wrong):
                yield self._report(topology, module, wrong)

    def _report(self, topology: Topology, module: Module, call: Call) -> Finding:
        spec = call.inputs[0].spec
        shape = "×".join("b" if axis in spec.batch_dims else str(dim) for axis, dim in enumerate(spec.shape))
        expected = "batch, sequence, features" if _is_batch_first(topology, module) else "sequence, batch, features"
        if len(spec.shape) == 2:  # noqa: PLR2004 -- sequence and features
            expected = "sequence, features"
        return self.finding(
            module,
            f"`{module.path or module.short_kind}` ({module.short_kind}) gets {shape} and reads it as ({expected})",
            location=call.source,
            label="the samples of a batch are taken for the steps of a sequence",
            advice="build it with batch_first=True, or transpose its input"
            if len(spec.shape) > 2  # noqa: PLR2004 -- as above
            else "give it three axes: without a batch, one sequence is expected",
        )


def _is_sure_of_batch(topology: Topology) -> bool:
    """Return whether a layer that knows the batch axis takes for it what we do."""
    specs = map(first_input, topology.ops_named(_TELLS_BATCH))
    return any(spec is not None and spec.batch_dims == (0,) for spec in specs)


def _is_batch_first(topology: Topology, module: Module) -> bool | None:
    """Return how a layer, or the first one in it that says so, reads its input; None if none says so."""
    for part in (module, *query.descendants(topology, module)):
        value = part.hyperparameters.get("batch_first")
        if isinstance(value, bool):
            return value
    return None


def _is_mismatch(topology: Topology, module: Module, call: Call) -> bool:
    if module.kind not in _SEQUENCE or not call.inputs:
        return False
    spec, is_batch_first = call.inputs[0].spec, _is_batch_first(topology, module)
    if is_batch_first is None or len(spec.batch_dims) != 1:
        return False
    if len(spec.shape) == 2:  # noqa: PLR2004 -- sequence and features
        return spec.batch_dims == (0,)
    return spec.batch_dims == ((1,) if is_batch_first else (0,))


def _is_part_of_one(topology: Topology, call: Call) -> bool:
    """Return whether a call happened within that of another such layer."""
    _, *around = query.calls_around(topology, *call.key)
    return any(topology.modules[each.module].kind in _SEQUENCE for each in around)
