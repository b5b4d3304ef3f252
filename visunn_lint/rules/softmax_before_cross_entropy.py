"""VIS505 softmax-before-cross-entropy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint.finding import Finding, Severity
from visunn_lint.loss import CROSS_ENTROPY, NLL, Loss
from visunn_lint.records import Node
from visunn_lint.rules._authors import placed_at
from visunn_lint.rules._losses import loss_inputs, loss_place
from visunn_lint.rules._provenance import computed_by
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.rules._softmax import SIGMOID, SOFTMAX
from visunn_lint.topology import CapturedModel, Topology


@dataclass(frozen=True)
class SoftmaxBeforeCrossEntropy(Rule):
    """Probabilities go into a cross entropy, which takes the softmax itself, or into NLLLoss, which wants logarithms.

    Probabilities are what a softmax or a sigmoid makes.

    The loss is one that forward calls, one that another method of the model calls on its result (``training_step`` of
    a Lightning module), or what the configuration declares: ``models.net.loss = "cross_entropy"``, or
    ``@visunn_lint.model(loss="cross_entropy")``.

    ## Why is this bad?
    The loss takes a softmax of a softmax. Its gradient is small and never ends: of ten classes even a perfect answer
    is given 23 %, and the loss stops at 1.46. ``NLLLoss`` takes no logarithm itself: of probabilities it is a number
    between 0 and -1, whose gradient is smallest where the answer is most wrong.

    ## Use instead
    Return scores, and take the softmax where probabilities are shown; for ``NLLLoss`` return ``log_softmax``.

    ## References
    - LucasVandroux/SciCo#2
    """

    code = "VIS505"
    name = "softmax-before-cross-entropy"
    category = "training"
    severity = Severity.ERROR
    since = "0.1.0"
    bad = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.layers = nn.Sequential(nn.Linear(4, 3), nn.Softmax(dim=1))
                    self.loss = nn.CrossEntropyLoss()

                def forward(self, x):
                    target = torch.zeros(len(x), dtype=torch.long)
                    return self.loss(self.layers(x), target)
            """,
            inputs="2x4",
            at=("layers.1",),
        ),
        Example("nn.Sequential(nn.Linear(4, 3), nn.Softmax(dim=1))", inputs="2x4", at=("1",), loss="cross_entropy"),
        Example("nn.Sequential(nn.Linear(4, 3), nn.Sigmoid())", inputs="2x4", at=("1",), loss="cross_entropy"),
        Example("nn.Sequential(nn.Linear(4, 3), nn.Softmax(dim=1))", inputs="2x4", at=("1",), loss="nll_loss"),
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 3)

                def forward(self, x):
                    return F.nll_loss(F.softmax(self.fc(x), dim=1), torch.zeros(len(x), dtype=torch.long))
            """,
            inputs="2x4",
            at=("",),
        ),
    )
    good = (
        Example("nn.Linear(4, 3)", inputs="2x4", loss="cross_entropy"),
        Example("nn.Sequential(nn.Linear(4, 3), nn.Softmax(dim=1))", inputs="2x4", loss="mse_loss"),
        Example("nn.Sequential(nn.Linear(4, 3), nn.LogSoftmax(dim=1))", inputs="2x4", loss="cross_entropy"),
        Example("nn.Sequential(nn.Linear(4, 3), nn.LogSoftmax(dim=1))", inputs="2x4", loss="nll_loss"),
        Example(
            """
            class Net(nn.Module):  # the logarithm is taken; a gate that is scaled
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 3)

                def forward(self, x):
                    target, scores = torch.zeros(len(x), dtype=torch.long), self.fc(x)
                    loss = F.nll_loss(scores.softmax(1).log(), target)
                    return loss + F.cross_entropy(10 * scores.sigmoid(), target)
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # the scores go to the loss, the probabilities to the user
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 3)

                def forward(self, x):
                    logits = self.fc(x)
                    return logits.softmax(-1), logits
            """,
            inputs="2x4",
            loss="cross_entropy",
        ),
        Example(
            """
            class Net(nn.Module):  # probabilities in eval alone
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 3)

                def forward(self, x):
                    x = self.fc(x)
                    return x if self.training else x.softmax(-1)
            """,
            inputs="2x4",
            loss="cross_entropy",
        ),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each softmax or sigmoid whose result goes into such a loss."""
        for topology, value, loss in loss_inputs(model, {CROSS_ENTROPY, NLL}):
            squashing = computed_by(topology, value)
            if squashing.short_op in SOFTMAX | SIGMOID:
                yield self._report(topology, squashing, loss)

    def _report(self, topology: Topology, squashing: Node, loss: Loss) -> Finding:
        what = "sigmoid" if squashing.short_op in SIGMOID else "softmax"
        wants_logarithms = loss.name == NLL
        return self.finding(
            squashing,
            f"the result of a {what} goes into `nll_loss`, which wants logarithms of probabilities"
            if wants_logarithms
            else f"the result of a {what} goes into a cross entropy, which takes the softmax itself",
            location=placed_at(topology, squashing),
            label="the loss wants log_softmax here" if wants_logarithms else "the loss wants the scores before this",
            advice="use log_softmax in its place"
            if wants_logarithms
            else "return the scores, and take the softmax where probabilities are shown",
            related=loss_place(loss),
        )
