"""VIS501 always-on-dropout."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from visunn_lint.finding import Finding, Severity
from visunn_lint.records import Node
from visunn_lint.rules._dropouts import ATTENTION, BUILT_IN_FORWARD, dropped_share
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.rules._syntax import syntax_tree
from visunn_lint.topology import CapturedModel, Topology


@dataclass(frozen=True)
class AlwaysOnDropout(Rule):
    """A functional dropout drops values in eval mode.

    ``F.dropout`` is on unless it is told ``training=self.training``, and the dropout of
    ``F.scaled_dot_product_attention`` whenever ``dropout_p`` is not 0. A registered ``nn.Dropout``
    that stays in train mode after ``eval()`` was left so on purpose, and is left alone. One that is built
    in ``forward`` is `dropout-built-in-forward`'s matter. Where the code says ``training=True``, it may be
    meant, and the finding is of severity info.

    ## Why is this bad?
    The model gives another answer each time, and a worse one: dropout is meant for training.

    ## Use instead
    ``F.dropout(x, p, training=self.training)``, ``dropout_p=self.p if self.training else 0.0``,
    or an ``nn.Dropout`` module. Dropout that is meant to stay on (Monte Carlo dropout) is named
    in ``allow``.

    ## Options
    - ``allow``: globs of the paths of modules whose dropout is meant to stay on.

    ## References
    - pytorch/pytorch#11999
    """

    allow: tuple[str, ...] = ()

    code = "VIS501"
    name = "always-on-dropout"
    category = "training"
    severity = Severity.ERROR
    since = "0.1.0"
    needs = frozenset({"eval"})
    bad = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 4)

                def forward(self, x):
                    return F.dropout(self.fc(x), 0.1)
            """,
            inputs="2x4",
            at=("",),
        ),
        Example(
            """
            class Attention(nn.Module):
                def forward(self, x):
                    return F.scaled_dot_product_attention(x, x, x, dropout_p=0.1)

            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.attention = Attention()
                    self.hidden = [nn.Dropout2d(0.5)]

                def forward(self, x):
                    return self.hidden[0](self.attention(x))
            """,
            inputs="2x1x3x4",
            at=("attention", "hidden[0]"),
        ),
    )
    good = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 4)

                def forward(self, x):
                    return F.dropout(self.fc(x), 0.1, training=self.training)
            """,
            inputs="2x4",
        ),
        Example(
            "nn.Sequential(nn.Linear(4, 4), nn.Dropout(), nn.AlphaDropout(), nn.FeatureAlphaDropout())", inputs="2x4"
        ),
        Example("nn.MultiheadAttention(8, 2, dropout=0.1, batch_first=True)", inputs="2x3x8, 2x3x8, 2x3x8"),
        Example(
            """
            class Net(nn.Module):
                def forward(self, x):
                    x = F.dropout(x, 0.0)
                    return F.scaled_dot_product_attention(x, x, x, dropout_p=0.1 if self.training else 0.0)
            """,
            inputs="2x3x4",
        ),
        Example(
            """
            class Net(nn.Module):  # Monte Carlo dropout
                def __init__(self):
                    super().__init__()
                    self.drop = nn.Dropout()

                def forward(self, x):
                    return self.drop(x)

                def train(self, mode=True):
                    super().train(mode)
                    self.drop.train()
                    return self
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Sampled(nn.Module):
                def forward(self, x):
                    return F.dropout(x, 0.1)

            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.sampled = Sampled()

                def forward(self, x):
                    return self.sampled(x)
            """,
            inputs="2x4",
            options={"allow": ("sampl*",)},
        ),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each line that drops values in eval."""
        if model.eval is None:
            return
        for node in model.eval.ops():
            rate = dropped_share(node)
            if rate and not _is_meant(model.eval, node) and not self._is_allowed(node):
                yield self._report(model.eval, node, rate)

    def _is_allowed(self, node: Node) -> bool:
        return any(fnmatchcase(node.module, pattern) for pattern in self.allow)

    def _report(self, topology: Topology, node: Node, rate: float) -> Finding:
        return self.finding(
            node,
            f"`{node.short_op}` drops {rate:.0%} of its values in eval mode",
            label="on whether the model is training or not",
            advice=_advice(topology, node),
            severity=Severity.INFO if _is_spelt_out(node) else None,
        )


def _is_spelt_out(node: Node) -> bool:
    """Return whether the code says ``training=True``: whoever wrote that may have meant it."""
    call = syntax_tree(node.source.file).at(node.source) if node.source is not None else None
    keywords = call.keywords if isinstance(call, ast.Call) else []
    return any(
        each.arg == "training" and isinstance(each.value, ast.Constant) and each.value.value is True
        for each in keywords
    )


def _is_meant(topology: Topology, node: Node) -> bool:
    """Return whether a dropout module was left in train mode, or is another rule's matter.

    ``eval()`` reaches every registered module.
    """
    owner = topology.modules.get(node.module)
    if owner is None or not owner.kind.startswith("torch.nn."):
        return False
    return owner.container == BUILT_IN_FORWARD or (owner.registered and owner.training)


def _advice(topology: Topology, node: Node) -> str:
    owner = topology.modules.get(node.module)
    if owner is not None and not owner.registered:
        return "register the module with the model, so that eval() reaches it"
    if node.short_op == ATTENTION:
        return "pass dropout_p=self.p if self.training else 0.0"
    return "pass training=self.training"
