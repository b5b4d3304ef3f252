"""VIS510 unreachable-gradient."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint.finding import Finding, Related, Severity
from visunn_lint.gradients import Gradient, Why
from visunn_lint.rules._cuts import FLAT, Loss, Losses
from visunn_lint.rules._provenance import training_capture
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.topology import CapturedModel


@dataclass(frozen=True)
class UnreachableGradient(Rule):
    """A trainable parameter is used in train mode, and the gradient of no output reaches it.

    Every way from it to an output is cut: by ``detach()``, ``.data`` or ``torch.tensor(x)``, by ``no_grad``, or
    through integers (``argmax``, ``.long()``). Straight-through estimators, parameters that the model writes itself
    (moving averages), and values that are kept for a loss elsewhere are left alone; so is a model none of whose
    outputs has a gradient, which torch itself complains of in ``backward()``. A module with a twin that is trained
    (a momentum encoder) is a warning: freeze it, so that the optimizer leaves it out.

    ## Why is this bad?
    The parameter stays at its initial value while it looks like part of what is trained: it is counted, given to the
    optimizer, and weight decay shrinks it. ``DistributedDataParallel`` waits for its gradient for ever.

    ## Use instead
    Take the cut away. Where it is meant, say so: ``requires_grad_(False)``.

    ## References
    - lucidrains/CoCa-pytorch#6
    """

    code = "VIS510"
    name = "unreachable-gradient"
    category = "training"
    severity = Severity.ERROR
    since = "0.1.0"
    needs = frozenset({"train"})
    bad = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.encoder, self.head = nn.Linear(4, 4), nn.Linear(4, 2)

                def forward(self, x):
                    return self.head(self.encoder(x).detach())
            """,
            inputs="2x4",
            at=("encoder",),
        ),
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.encoder = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 4))
                    self.head = nn.Linear(4, 2)

                def forward(self, x):
                    with torch.no_grad():
                        x = self.encoder(x)
                    return self.head(x)
            """,
            inputs="2x4",
            at=("encoder",),
        ),
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.router, self.experts = nn.Linear(4, 3), nn.Embedding(3, 4)
                    self.head = nn.Linear(4, 2)

                def forward(self, x):
                    return self.head(x * self.experts(self.router(x).argmax(-1)))
            """,
            inputs="2x4",
            at=("router",),
        ),
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.online, self.target = nn.Linear(4, 4), nn.Linear(4, 4)

                def forward(self, x):
                    with torch.no_grad():
                        target = self.target(x)
                    return self.online(x), target
            """,
            inputs="2x4",
            at=("target",),
        ),
    )
    good = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.encoder, self.head = nn.Linear(4, 4).requires_grad_(False), nn.Linear(4, 2)

                def forward(self, x):
                    return self.head(self.encoder(x).detach())
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # straight-through: the gradient goes round the rounding
                def __init__(self):
                    super().__init__()
                    self.encoder, self.head = nn.Linear(4, 4), nn.Linear(4, 2)

                def forward(self, x):
                    x = self.encoder(x)
                    return self.head(x + (x.round() - x).detach())
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # codes that the model moves itself
                def __init__(self):
                    super().__init__()
                    self.codes, self.encoder = nn.Parameter(torch.zeros(5, 4)), nn.Linear(4, 4)

                def forward(self, x):
                    x = self.encoder(x)
                    nearest = self.codes[torch.cdist(x, self.codes).argmin(-1)]
                    if self.training:
                        self.codes.data.mul_(0.99).add_(x.mean(0), alpha=0.01)
                    return x + (nearest - x).detach()
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # answers
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 3)

                @torch.no_grad()
                def forward(self, x):
                    return self.fc(x).softmax(-1)
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # kept for a loss elsewhere; a weight clamped without autograd
                def __init__(self):
                    super().__init__()
                    self.fc, self.aux, self.scale = nn.Linear(4, 3), nn.Linear(4, 1), nn.Parameter(torch.ones(4))

                def forward(self, x):
                    self.scale.data.clamp_(0, 1)
                    with torch.no_grad():
                        self.fc.weight.clamp_(-1, 1)
                    aux = self.aux(x)
                    self.aux_loss = aux.square().mean()
                    return self.fc(x * self.scale) + aux.detach()
            """,
            inputs="2x4",
        ),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each place at which parameters lose their gradient."""
        topology = training_capture(model)
        if topology is None:
            return
        losses = Losses(model, topology)
        for loss in losses.where(_is_unreached):
            yield self._report(losses, loss)

    def _report(self, losses: Losses, loss: Loss) -> Finding:
        topology, count, is_twin = losses.topology, losses.values(loss), losses.has_trained_twin(loss)
        name = f"`{loss.params[0]}`" if len(loss.params) == 1 else f"`{loss.module or topology.name}`"
        what = "get" if len(loss.params) > 1 else "gets"
        subject = f"{len(loss.params)} parameters of {name} ({count:,} values)" if len(loss.params) > 1 else name
        module = topology.modules.get(loss.module)
        return self.finding(
            loss.module,
            f"{subject} {what} no gradient: {_how(loss)}",
            location=loss.place,
            label="no gradient comes through here",
            advice=_advice(loss, is_twin=is_twin),
            related=(Related("what gets no gradient", module.source, loss.module),) if module and loss.module else (),
            severity=Severity.WARNING if is_twin else None,
        )


def _is_unreached(gradient: Gradient) -> bool:
    return not gradient.reaches and any(cut.why not in FLAT for cut in gradient.cuts)


def _how(loss: Loss) -> str:
    op = f"`{loss.cut.node.short_op}`"
    if loss.cut.why is Why.NO_GRAD:
        return "autograd is off there"
    if loss.cut.why is Why.DETACHED:
        return f"{op} cuts its value off"
    return f"{op} goes through integers"


def _advice(loss: Loss, *, is_twin: bool) -> str:
    if is_twin:
        return "call requires_grad_(False) on it, so that no optimizer is given what its twin is to move"
    if loss.cut.why is Why.INTEGER:
        return "let the scores themselves into the output (weigh by them, or use a straight-through estimator)"
    return f"{_without_cut(loss)}; if the parameters are to be frozen, call requires_grad_(False) on them"


def _without_cut(loss: Loss) -> str:
    if loss.cut.why is Why.NO_GRAD:
        return "run it with autograd on"
    match loss.cut.node.short_op:
        case "tensor" | "new_tensor":
            return "use the tensor itself, or torch.stack: a new tensor copies values alone"
        case "data":
            return "read the tensor itself, not its .data"
        case op:
            return f"leave {op}() out"
