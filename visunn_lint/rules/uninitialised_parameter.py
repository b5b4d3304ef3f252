"""VIS513 uninitialised-parameter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint.finding import Finding, Severity
from visunn_lint.location import Location
from visunn_lint.records import BadWeight, Module
from visunn_lint.rules._authors import library_line
from visunn_lint.rules._mentions import assigned_at
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.topology import CapturedModel


@dataclass(frozen=True)
class UninitialisedParameter(Rule):
    """A parameter or buffer starts as NaN, as infinity, or as memory that nobody wrote.

    Runs with ``--weights``: models are then built for real as well, with memory that is left out filled with NaN, so
    that zeros which happen to be there hide nothing.

    ## Why is this bad?
    ``torch.empty`` and ``torch.FloatTensor(n, m)`` return what the memory held before. On fresh pages that is zero, and
    all is well; in a long process it is anything, and the loss is NaN from the first step, now and then.

    ## Use instead
    ``torch.zeros``, ``torch.randn``, or a function of ``torch.nn.init`` in the constructor.

    ## References
    - gordicaleksa/pytorch-GAT#11
    """

    code = "VIS513"
    name = "uninitialised-parameter"
    category = "training"
    severity = Severity.ERROR
    since = "0.1.0"
    preview = True
    needs = frozenset({"weights"})
    bad = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.weight = nn.Parameter(torch.empty(4, 2))

                def forward(self, x):
                    return x @ self.weight
            """,
            inputs="2x4",
            at=("",),
        ),
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.weight, self.scale = nn.Parameter(torch.FloatTensor(4, 2)), nn.Parameter(torch.zeros(2).log())
                    nn.init.xavier_uniform_(self.weight)

                def forward(self, x):
                    return x @ self.weight * self.scale
            """,
            inputs="2x4",
            at=("",),
        ),
    )
    good = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.weight = nn.Parameter(torch.empty(4, 2))
                    nn.init.xavier_uniform_(self.weight)
                    self.register_buffer("mask", torch.full((2,), float("-inf")))

                def forward(self, x):
                    return x @ self.weight + self.mask
            """,
            inputs="2x4",
        ),
        Example("nn.Sequential(nn.LSTM(4, 8), nn.Identity())", inputs="3x2x4"),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each such tensor."""
        for bad in model.weights or ():
            path, _, name = bad.path.rpartition(".")
            owner = model.topology.modules.get(path)
            yield self.finding(
                path,
                _message(bad),
                location=_assigned(model, owner, name) if owner is not None else None,
                label="not initialised" if bad.problem == "uninitialised" else "not finite",
                advice="fill it in the constructor: torch.zeros, torch.randn, or a function of torch.nn.init",
            )


def _assigned(model: CapturedModel, owner: Module, name: str) -> Location | None:
    return library_line(owner, name) or assigned_at(model, owner, name) or owner.source


def _message(bad: BadWeight) -> str:
    share = f"{bad.count:,} of its {bad.numel:,} values"
    if bad.problem == "inf":
        return f"`{bad.path}` starts with infinities: {share}"
    return f"`{bad.path}` is not initialised: {share}"
