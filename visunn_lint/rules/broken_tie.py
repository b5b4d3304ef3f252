"""VIS405 broken-tie."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint.finding import Finding, Severity
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.topology import CapturedModel, Topology


@dataclass(frozen=True)
class BrokenTie(Rule):
    """Parameters that are declared to be one are several.

    The project declares ties in ``ties``; those that a model declares itself, as transformers does, count as well.

    ## Why is this bad?
    The weights drift apart in training, and a checkpoint that holds the tie once leaves the other one as it was
    drawn. It happens when a module is replaced, copied, wrapped or loaded after the tie was made.

    ## Use instead
    Tie the parameters again, at the end: ``model.out.weight = model.embed.weight``, ``model.tie_weights()``.

    ## Options
    - ``ties``: lists of the names of parameters that have to be one and the same.

    ## References
    - huggingface/transformers#38870
    """

    ties: tuple[tuple[str, ...], ...] = ()

    code = "VIS405"
    name = "broken-tie"
    category = "policy"
    severity = Severity.ERROR
    since = "0.1.0"
    scope = "model"
    bad = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.embed, self.out = nn.Linear(8, 4, bias=False), nn.Linear(8, 4)
                    self.out.weight = nn.Parameter(self.embed.weight.detach().clone())

                def forward(self, x):
                    return self.out(x) + self.embed(x)
            """,
            inputs="2x8",
            at=("out",),
            options={"ties": (("embed.weight", "out.weight"),)},
        ),
        Example(
            "nn.Sequential(nn.Linear(4, 4))", inputs="2x4", at=("",), options={"ties": (("0.weight", "1.weight"),)}
        ),
    )
    good = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.embed, self.out = nn.Linear(8, 4, bias=False), nn.Linear(8, 4)
                    self.out.weight = self.embed.weight

                def forward(self, x):
                    return self.out(x) + self.embed(x)
            """,
            inputs="2x8",
            options={"ties": (("embed.weight", "out.weight"),)},
        ),
        Example(
            "nn.Sequential(layer := nn.Linear(4, 4), layer)",
            inputs="2x4",
            options={"ties": (("0.weight", "1.weight"),)},
        ),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each name that is not the parameter that it has to be."""
        topology = model.topology
        groups = _groups(topology)
        for first, *others in self.ties:
            for name in (first, *others):
                if name not in groups:
                    yield self.finding("", f"`{name}`, which `ties` names, is no parameter of the model")
                elif groups[name] != groups.get(first, groups[name]):
                    yield self._report(topology, first, name)
        for first, *others in model.declared_ties:
            for name in others:
                if first in groups and name in groups and groups[first] != groups[name]:
                    yield self._report(topology, name, first)

    def _report(self, topology: Topology, first: str, name: str) -> Finding:
        return self.finding(
            topology[name.rpartition(".")[0]],
            f"`{name}` is declared to be `{first}`, and is a parameter of its own",
            label="its weight is not shared",
            advice="tie them again after the last change to the modules",
        )


def _groups(topology: Topology) -> dict[str, str]:
    """Return for every name of a parameter the first one of the same parameter."""
    groups: dict[str, str] = {}
    for module in topology:
        for param in module.params if module.registered else ():
            for path in (module.path, *module.aliases):
                name = f"{path}.{param.name}" if path else param.name
                groups.setdefault(name, groups.get(param.path, param.path))
            for other in param.shared_with:
                groups.setdefault(other, groups[param.path])
    return groups
