"""VIS508 frozen-norm-updating."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from visunn_lint import query
from visunn_lint.finding import Finding, Related, Severity
from visunn_lint.records import Module, Node
from visunn_lint.rules._authors import CONTAINERS, built_at
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.topology import CapturedModel, Topology

_MOST_NAMES = 3


@dataclass(frozen=True)
class FrozenNormUpdating(Rule):
    """A batch norm whose weight and bias are frozen goes on moving its running statistics in train mode.

    Told where other parameters of the model are trained: a model that is frozen as a whole is nobody's trainee. The
    frozen twin of a trained module, as in BYOL and MoCo, is right.

    ## Why is this bad?
    ``requires_grad = False`` keeps the optimizer away, and nothing else. In train mode the norm still normalises by
    the batch and folds it into ``running_mean`` and ``running_var``: the "frozen" backbone is another one after every
    step, and what was pretrained is lost.

    ## Use instead
    Put frozen norms in eval mode, and override ``train`` so that they stay there; or use
    ``torchvision.ops.FrozenBatchNorm2d``.

    ## References
    - pytorch/pytorch#86590
    """

    code = "VIS508"
    name = "frozen-norm-updating"
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
                    self.backbone = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.BatchNorm2d(8))
                    self.backbone.requires_grad_(False)
                    self.head = nn.Conv2d(8, 2, 1)

                def forward(self, x):
                    return self.head(self.backbone(x))
            """,
            inputs="2x3x8x8",
            at=("backbone.1",),
        ),
    )
    good = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.backbone = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8)).requires_grad_(False)
                    self.head = nn.Conv2d(8, 2, 1)

                def forward(self, x):
                    return self.head(self.backbone(x))

                def train(self, mode=True):
                    super().train(mode)
                    self.backbone.eval()
                    return self
            """,
            inputs="2x3x8x8",
        ),
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.online = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8))
                    self.target = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8))
                    self.target.requires_grad_(False)

                def forward(self, x):
                    return self.online(x), self.target(x)
            """,
            inputs="2x4",
        ),
        Example("nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8)).requires_grad_(False)", inputs="2x3x8x8"),
        Example("nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8, affine=False))", inputs="2x3x8x8"),
        Example(
            "nn.Sequential(nn.BatchNorm2d(3, track_running_stats=False).requires_grad_(False), nn.Conv2d(3, 8, 3))",
            inputs="2x3x8x8",
        ),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield one finding for all such norms of a model."""
        topology = model.train
        if topology is None or not any(param.requires_grad for param in topology.params):
            return
        nodes = [node for node in topology.ops("batch_norm") if _is_frozen(topology, node)]
        moving = dict.fromkeys(node.module for node in nodes)
        modules = [topology.modules[path] for path in moving if path in topology.modules]
        found = [module for module in modules if not _follows_a_twin(topology, module)]
        if found:
            yield self._report(topology, found)

    def _report(self, topology: Topology, modules: list[Module]) -> Finding:
        first, *others = modules
        names = ", ".join(f"`{module.path}`" for module in others[:_MOST_NAMES])
        rest = ", …" if len(others) > _MOST_NAMES else ""
        also = f" (and {len(others)} more: {names}{rest})" if others else ""
        return self.finding(
            first,
            f"`{first.path}` is frozen, and its running statistics move in train mode{also}",
            location=built_at(topology, first),
            label="requires_grad=False does not stop these",
            advice="override train() so that frozen norms stay in eval mode",
            related=tuple(Related("so does this one", built_at(topology, other), other.path) for other in others[:1]),
        )


def _follows_a_twin(topology: Topology, norm: Module) -> bool:
    """Return whether a norm lies in a frozen module beside one with the same parameters that are trained.

    Such a target of BYOL or MoCo is moved after its twin, and its statistics are its own.
    """
    part = topology.parent(norm)
    parent = topology.parent(part) if part is not None else None
    while part is not None and parent is not None:
        shapes = query.shapes_below(topology, part)
        siblings = (
            topology.modules[path] for path in parent.children if path in topology.modules and path != part.path
        )
        if parent.kind not in CONTAINERS and any(_is_trained_twin(topology, each, shapes) for each in siblings):
            return True
        part, parent = parent, topology.parent(parent)
    return False


def _is_trained_twin(topology: Topology, module: Module, shapes: Sequence[tuple[str, object]]) -> bool:
    is_trained = any(param.requires_grad for param in query.params_below(topology, module))
    return is_trained and query.shapes_below(topology, module) == shapes


def _is_frozen(topology: Topology, node: Node) -> bool:
    """Return whether a batch norm moves its statistics, and has an affine part that is frozen."""
    stored = [topology.nodes[name] for name in node.inputs[1:]]
    params = [each for each in stored if each.kind == "param"]
    keeps_statistics = any(each.label.endswith("running_mean") for each in stored)
    is_moving = node.attributes.get("training") is True and keeps_statistics
    return is_moving and bool(params) and not any(each.attributes.get("requires_grad") for each in params)
