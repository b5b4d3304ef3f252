"""VIS506 sigmoid-before-logits-loss."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint.finding import Finding, Severity
from visunn_lint.loss import LOGITS_LOSSES
from visunn_lint.rules._authors import placed_at
from visunn_lint.rules._losses import loss_inputs, loss_place
from visunn_lint.rules._provenance import computed_by
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.rules._softmax import SIGMOID, SOFTMAX
from visunn_lint.topology import CapturedModel


@dataclass(frozen=True)
class SigmoidBeforeLogitsLoss(Rule):
    """Probabilities go into a loss that takes the sigmoid itself, such as ``BCEWithLogitsLoss``.

    The loss is one that forward calls, one that another method of the model calls on its result (``training_step`` of
    a Lightning module), or what the configuration declares: ``models.net.loss = "BCEWithLogitsLoss"``, or
    ``@visunn_lint.model(loss="BCEWithLogitsLoss")``.

    ## Why is this bad?
    The loss sees scores between 0 and 1 and takes the sigmoid of these: no answer is below 50 %, and the gradient of
    confident ones is squashed twice.

    ## Use instead
    Return scores, and take the sigmoid where probabilities are shown; or use ``BCELoss``.

    ## References
    - NVIDIA-Merlin/models#1175
    """

    code = "VIS506"
    name = "sigmoid-before-logits-loss"
    category = "training"
    severity = Severity.ERROR
    since = "0.1.0"
    bad = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 1)

                def forward(self, x):
                    scores = torch.sigmoid(self.fc(x)).squeeze(1)
                    return F.binary_cross_entropy_with_logits(scores, torch.ones(len(x)))
            """,
            inputs="2x4",
            at=("",),
        ),
        Example("nn.Sequential(nn.Linear(4, 1), nn.Sigmoid())", inputs="2x4", at=("1",), loss="BCEWithLogitsLoss"),
    )
    good = (
        Example("nn.Linear(4, 1)", inputs="2x4", loss="BCEWithLogitsLoss"),
        Example("nn.Sequential(nn.Linear(4, 1), nn.Sigmoid())", inputs="2x4", loss="BCELoss"),
        Example(
            """
            class Net(nn.Module):  # a gate within the model, and soft targets
                def __init__(self):
                    super().__init__()
                    self.fc, self.gate = nn.Linear(4, 1), nn.Linear(4, 1)

                def forward(self, x):
                    scores, targets = self.fc(x) * self.gate(x).sigmoid(), self.gate(x).sigmoid()
                    return F.binary_cross_entropy_with_logits(scores, targets)
            """,
            inputs="2x4",
        ),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each sigmoid whose result goes into a loss that wants scores."""
        for topology, value, loss in loss_inputs(model, LOGITS_LOSSES):
            squashing = computed_by(topology, value)
            if squashing.short_op in SIGMOID | SOFTMAX:
                yield self.finding(
                    squashing,
                    f"the result of a {squashing.short_op.strip('_')} goes into `{loss.name}`, which takes the sigmoid"
                    " itself",
                    location=placed_at(topology, squashing),
                    label="the loss wants the scores before this",
                    advice="return the scores, and take the sigmoid where probabilities are shown",
                    related=loss_place(loss),
                )
