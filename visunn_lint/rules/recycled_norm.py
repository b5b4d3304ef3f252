"""VIS111 recycled-norm."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint import query
from visunn_lint.finding import Finding, Related, Severity
from visunn_lint.records import Module
from visunn_lint.rules._neighbours import feeds_itself
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.topology import CapturedModel, Topology


@dataclass(frozen=True)
class RecycledNorm(Rule):
    """A batch norm with running statistics is called more than once in a training run.

    Where a whole subtree is called for several inputs side by side, as in siamese networks, it is a
    note about the subtree: to normalise each by its own batch may be meant.

    ## Why is this bad?
    Every call normalises by its own batch and moves the same running statistics. In eval all calls use
    one mixture of them, which fits none: the model is good in train and bad in eval.

    ## Use instead
    A norm for each call, a norm without running statistics, or one batch that holds all inputs.

    ## References
    - pytorch/pytorch#1738
    """

    code = "VIS111"
    name = "recycled-norm"
    category = "wiring"
    severity = Severity.ERROR
    since = "0.1.0"
    needs = frozenset({"train"})
    bad = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.conv1, self.conv2 = nn.Conv2d(3, 3, 3, padding=1), nn.Conv2d(3, 3, 3, padding=1)
                    self.norm = nn.BatchNorm2d(3)

                def forward(self, x):
                    x = self.norm(self.conv1(x)).relu()
                    return self.norm(self.conv2(x)).relu()
            """,
            inputs="2x3x8x8",
            at=("norm",),
        ),
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.encoder = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU())

                def forward(self, left, right):
                    return self.encoder(left) - self.encoder(right)
            """,
            inputs="2x3x8x8, 2x3x8x8",
            at=("encoder",),
        ),
    )
    good = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.conv1, self.conv2 = nn.Conv2d(3, 3, 3, padding=1), nn.Conv2d(3, 3, 3, padding=1)
                    self.norm1, self.norm2 = nn.BatchNorm2d(3), nn.BatchNorm2d(3)

                def forward(self, x):
                    x = self.norm1(self.conv1(x)).relu()
                    return self.norm2(self.conv2(x)).relu()
            """,
            inputs="2x3x8x8",
        ),
        Example(
            """
            class Net(nn.Module):  # no running statistics; and no batch norm
                def __init__(self):
                    super().__init__()
                    self.norm, self.other = nn.BatchNorm1d(4, track_running_stats=False), nn.LayerNorm(4)

                def forward(self, x):
                    return self.norm(self.norm(self.other(self.other(x))))
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # frozen: its statistics do not move
                def __init__(self):
                    super().__init__()
                    self.norm = nn.BatchNorm1d(4)

                def train(self, mode=True):
                    super().train(mode)
                    self.norm.eval()
                    return self

                def forward(self, x):
                    return self.norm(self.norm(x).relu())
            """,
            inputs="2x4",
        ),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each such norm, or for the subtree that is called several times."""
        topology = model.train
        if topology is None or topology.failure is not None:
            return
        told: set[str] = set()
        for norm in topology:
            if len(norm.calls) > 1 and norm.training and _moves_statistics(norm):
                recycled = _recycled(topology, norm)
                if recycled is not None and recycled.path not in told:
                    told.add(recycled.path)
                    yield self._report(topology, norm, recycled)

    def _report(self, topology: Topology, norm: Module, recycled: Module) -> Finding:
        is_siamese = recycled is not norm and not feeds_itself(topology, recycled.calls)
        inside = "" if recycled is norm else f", and the running statistics of `{norm.path}` with it"
        first, *others = dict.fromkeys(call.source for call in recycled.calls)
        return self.finding(
            recycled,
            f"`{recycled.path}` ({recycled.short_kind}) is called {len(recycled.calls)} times in train{inside}",
            location=first,
            label="every call moves the same running statistics",
            advice=_advice(is_siamese=is_siamese),
            related=tuple(Related("and here", place, recycled.path) for place in others),
            severity=Severity.INFO if is_siamese else None,
        )


def _moves_statistics(module: Module) -> bool:
    names = {buffer.name for buffer in module.buffers}
    return "BatchNorm" in module.kind and {"running_mean", "running_var"} <= names


def _recycled(topology: Topology, module: Module) -> Module | None:
    """Return the module that is called more often than what calls it: the innermost from a module upward."""
    key = module.calls[0].key
    for call in query.calls_around(topology, *key):
        around = topology.modules[call.module]
        callers = Counter(each.parent for each in around.calls)
        if len({parent and parent[0] for parent in callers}) > 1 or max(callers.values()) > 1:
            return around
    return None


def _advice(*, is_siamese: bool) -> str:
    if is_siamese:
        return "run all inputs as one batch, unless each is meant to be normalised on its own"
    return "build a norm for each call"
