"""VIS503 single-layer-rnn-dropout."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint.finding import Finding, Severity
from visunn_lint.rules._authors import built_at
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.topology import CapturedModel

_KINDS = frozenset({"torch.nn.RNN", "torch.nn.LSTM", "torch.nn.GRU"})


@dataclass(frozen=True)
class SingleLayerRnnDropout(Rule):
    """A recurrent module of one layer is given a dropout.

    ## Why is this bad?
    ``nn.LSTM``, ``nn.GRU`` and ``nn.RNN`` drop values between their layers. With one layer there is no such place:
    the argument has no effect, and the model has none of the regularisation that whoever wrote it counts on.

    ## Use instead
    An ``nn.Dropout`` behind the module, or ``num_layers=2``.

    ## References
    - pytorch/pytorch#5985
    """

    code = "VIS503"
    name = "single-layer-rnn-dropout"
    category = "training"
    severity = Severity.WARNING
    since = "0.1.0"
    bad = (
        Example("nn.LSTM(4, 8, dropout=0.3)", inputs="3x2x4", at=("",)),
        Example("nn.GRU(4, 8, num_layers=1, dropout=0.5, bidirectional=True)", inputs="3x2x4", at=("",)),
    )
    good = (
        Example("nn.LSTM(4, 8, num_layers=2, dropout=0.3)", inputs="3x2x4"),
        Example("nn.GRU(4, 8)", inputs="3x2x4"),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each such module, called or not."""
        topology = model.topology
        for module in topology:
            rate = module.hyperparameters.get("dropout")
            layers = module.hyperparameters.get("num_layers")
            if module.kind in _KINDS and layers == 1 and isinstance(rate, float | int) and rate > 0:
                yield self.finding(
                    module,
                    f"dropout={rate:g} has no effect in `{module.path or module.short_kind}`, which has one layer",
                    location=built_at(topology, module),
                    label="dropout comes between layers, and there is one",
                    advice="put an nn.Dropout behind it, or use num_layers=2",
                )
