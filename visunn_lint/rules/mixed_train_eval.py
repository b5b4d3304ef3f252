"""VIS509 mixed-train-eval."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint import query
from visunn_lint.finding import Finding, Severity
from visunn_lint.records import Module
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.topology import CapturedModel, Topology

_MODAL = ("Dropout", "BatchNorm", "InstanceNorm", "DropPath", "StochasticDepth")
_MOST_NAMES = 3


@dataclass(frozen=True)
class MixedTrainEval(Rule):
    """Parts of a model are in eval mode as it is built, and the rest is in train mode.

    Told where the mode matters, for dropouts and batch norms, and where ``train()`` puts the part back into train mode.

    ## Why is this bad?
    ``self.backbone.eval()`` in a constructor holds until somebody calls ``model.train()``, which every training loop
    does: the frozen backbone then drops values and moves its statistics. A trainer that leaves modes as it finds them
    trains the rest, and only that, in eval mode.

    ## Use instead
    Override ``train`` so that the part stays in eval mode.

    ## References
    - Lightning-AI/pytorch-lightning#19468
    """

    code = "VIS509"
    name = "mixed-train-eval"
    category = "training"
    severity = Severity.INFO
    since = "0.1.0"
    needs = frozenset({"train"})
    bad = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.backbone = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8)).eval()
                    self.head = nn.Conv2d(8, 2, 1)

                def forward(self, x):
                    return self.head(self.backbone(x))
            """,
            inputs="2x3x8x8",
            at=("backbone",),
        ),
    )
    good = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.backbone, self.head = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8)), nn.Conv2d(8, 2, 1)
                    self.train()

                def forward(self, x):
                    return self.head(self.backbone(x))

                def train(self, mode=True):
                    super().train(mode)
                    self.backbone.eval()
                    return self
            """,
            inputs="2x3x8x8",
        ),
        Example("nn.Sequential(nn.Linear(4, 4).eval(), nn.Dropout())", inputs="2x4"),
        Example("nn.Sequential(nn.BatchNorm1d(4), nn.Dropout()).eval()", inputs="2x4"),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield one finding for the outermost parts that are in another mode than the model."""
        topology = model.train
        if topology is None or "" in model.in_eval:
            return
        undone = {path for path in model.in_eval if path in topology and topology[path].training}
        tops = [topology[path] for path in undone if not _is_inside(topology, path, undone)]
        parts = [module for module in topology if module in tops and _depends_on_mode(topology, module)]
        if parts:
            yield self._report(parts)

    def _report(self, parts: list[Module]) -> Finding:
        names = ", ".join(f"`{module.path}`" for module in parts[:_MOST_NAMES])
        rest = f" and {len(parts) - _MOST_NAMES} more" if len(parts) > _MOST_NAMES else ""
        return self.finding(
            parts[0],
            f"{names}{rest} {'is' if len(parts) == 1 else 'are'} in eval mode as built, until somebody calls train()",
            advice="override train() so that it stays in eval mode",
        )


def _is_inside(topology: Topology, path: str, paths: set[str]) -> bool:
    parent = topology.parent(topology[path])
    return parent is not None and parent.path in paths


def _depends_on_mode(topology: Topology, module: Module) -> bool:
    return any(name in each.short_kind for each in (module, *query.descendants(topology, module)) for name in _MODAL)
