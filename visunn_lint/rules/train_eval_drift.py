"""VIS514 train-eval-drift."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint.finding import Finding, Severity
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.topology import CapturedModel, Topology

_MOST_NAMES = 4


@dataclass(frozen=True)
class TrainEvalDrift(Rule):
    """Other modules run in train mode than in eval mode, or the outputs differ in number or name.

    Ops that differ within a module (dropout, the branches of a norm) are not told, nor layers of a list that training
    leaves out at random, as others of the list do run.

    ## Why is this bad?
    It need not be: auxiliary heads run in training alone. But what eval runs was then not trained as it runs, an export
    freezes one of the two, and ``DistributedDataParallel`` stumbles over modules that are not called.

    ## Use instead
    One path for both modes, where the difference is not meant.
    """

    code = "VIS514"
    name = "train-eval-drift"
    category = "training"
    severity = Severity.INFO
    since = "0.1.0"
    needs = frozenset({"eval", "train"})
    bad = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.fc, self.aux = nn.Linear(4, 2), nn.Linear(4, 2)

                def forward(self, x):
                    if self.training:
                        return self.fc(x), self.aux(x)
                    return self.fc(x)
            """,
            inputs="2x4",
            at=("",),
        ),
    )
    good = (
        Example("nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4), nn.Dropout())", inputs="2x4"),
        Example(
            """
            class Net(nn.Module):  # layers left out at random
                def __init__(self):
                    super().__init__()
                    self.layers = nn.ModuleList(nn.Linear(4, 4) for _ in range(3))

                def forward(self, x):
                    for index, layer in enumerate(self.layers):
                        if index != 1 or not self.training:
                            x = layer(x)
                    return x
            """,
            inputs="2x4",
        ),
        Example("nn.MultiheadAttention(8, 2, dropout=0.1, batch_first=True)", inputs="2x3x8, 2x3x8, 2x3x8"),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield one finding that lists the differences."""
        if model.eval is None or model.train is None or model.has_failed:
            return
        trained, evaluated = _called(model.train), _called(model.eval)
        differences = [
            *_listed("run in train alone", trained - evaluated, model.train),
            *_listed("run in eval alone", evaluated - trained - _dropped(model.eval, trained), model.eval),
        ]
        before, after = _outputs(model.eval), _outputs(model.train)
        if before != after:
            differences.append(f"{_counted(before)} in eval, {_counted(after)} in train")
        if differences:
            yield self.finding(
                model.topology[""],
                f"train and eval differ: {'; '.join(differences)}",
                advice="give both modes one path; visunn check --add-ignore says in the code that they are to differ",
            )


def _called(topology: Topology) -> set[str]:
    return {module.path for module in topology if module.calls and module.registered}


def _dropped(topology: Topology, trained: set[str]) -> set[str]:
    """Return the layers of lists of which training ran others of their class: it leaves some out at random."""
    lists = [module for module in topology if module.kind == "torch.nn.ModuleList"]
    return {
        path
        for module in lists
        for kind in {topology[path].kind for path in module.children if path in trained}
        for path in module.children
        if topology[path].kind == kind
    }


def _listed(how: str, paths: set[str], topology: Topology) -> Iterator[str]:
    """Yield one phrase for the modules that only one mode runs, without those inside another of them."""
    tops = [
        module.path for module in topology if module.path in paths and not _parent_is_in(topology, module.path, paths)
    ]
    if tops:
        names = ", ".join(f"`{path}`" for path in tops[:_MOST_NAMES])
        yield f"{names}{f' and {len(tops) - _MOST_NAMES} more' if len(tops) > _MOST_NAMES else ''} {how}"


def _parent_is_in(topology: Topology, path: str, paths: set[str]) -> bool:
    parent = topology.parent(topology[path])
    return parent is not None and parent.path in paths


def _outputs(topology: Topology) -> list[str]:
    return [node.label for node in topology.nodes.values() if node.kind == "output"]


def _counted(outputs: list[str]) -> str:
    return "1 output" if len(outputs) == 1 else f"{len(outputs)} outputs"
