"""VIS512 non-differentiable-path."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint.finding import Finding, Related, Severity
from visunn_lint.gradients import Gradient
from visunn_lint.rules._cuts import FLAT, Loss, Losses
from visunn_lint.rules._provenance import training_capture
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.topology import CapturedModel, Topology


@dataclass(frozen=True)
class NonDifferentiablePath(Rule):
    """Every way from a trainable parameter to an output goes through a function that is flat.

    ``round``, ``floor``, ``ceil``, ``trunc`` and ``sign``, a draw from ``bernoulli``, or a comparison that is cast to
    float. Straight-through estimators, by ``detach()`` or as an ``autograd.Function``, are right.

    ## Why is this bad?
    The gradient is zero wherever it exists. Nothing fails, the loss is computed and ``backward()`` runs; the parameter
    does not move.

    ## Use instead
    A soft version (``sigmoid``, ``tanh``, Gumbel noise), or a straight-through estimator: ``x + (x.round() -
    x).detach()``. Threshold and round outside of what is trained.
    """

    code = "VIS512"
    name = "non-differentiable-path"
    category = "training"
    severity = Severity.WARNING
    since = "0.1.0"
    needs = frozenset({"train"})
    bad = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 1)

                def forward(self, x):
                    return torch.round(torch.sigmoid(self.fc(x)))
            """,
            inputs="2x4",
            at=("fc",),
        ),
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.gate, self.fc = nn.Linear(4, 4), nn.Linear(4, 2)

                def forward(self, x):
                    return self.fc(x * (self.gate(x) > 0).float())
            """,
            inputs="2x4",
            at=("gate",),
        ),
    )
    good = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 1)

                def forward(self, x):
                    return torch.sigmoid(self.fc(x))
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Round(torch.autograd.Function):
                @staticmethod
                def forward(ctx, x):
                    return x.round()

                @staticmethod
                def backward(ctx, gradient):
                    return gradient

            class Net(nn.Module):  # straight-through, both ways
                def __init__(self):
                    super().__init__()
                    self.a, self.b = nn.Linear(4, 4), nn.Linear(4, 4)

                def forward(self, x):
                    y = self.b(x)
                    return Round.apply(self.a(x)) + y + (y.sign() - y).detach()
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # a mask from what is trained elsewhere, and labels for the user
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 4)

                def forward(self, x):
                    x = self.fc(x)
                    return x * (x > 0).float(), x > 0
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # answers
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 4)

                def forward(self, x):
                    return self.fc(x) > 0
            """,
            inputs="2x4",
        ),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each place at which the gradient of parameters turns to zeros."""
        topology = training_capture(model)
        if topology is None:
            return
        for loss in Losses(model, topology).where(_is_flat):
            yield self._report(topology, loss)

    def _report(self, topology: Topology, loss: Loss) -> Finding:
        module = topology.modules.get(loss.module)
        several = len(loss.params) > 1
        name = (
            f"the {len(loss.params)} parameters of `{loss.module or topology.name}`"
            if several
            else f"`{loss.params[0]}`"
        )
        return self.finding(
            loss.module,
            f"{name} {'reach' if several else 'reaches'} the output through `{loss.cut.node.short_op}` alone, whose"
            " derivative is zero",
            location=loss.place,
            label="flat: the gradient is zero wherever there is one",
            advice="use a soft version, or a straight-through estimator: x + (x.round() - x).detach()",
            related=(Related("what never moves", module.source, loss.module),) if module and loss.module else (),
        )


def _is_flat(gradient: Gradient) -> bool:
    return not gradient.moves and all(cut.why in FLAT for cut in gradient.cuts)
