"""VIS502 dropout-built-in-forward."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint.finding import Finding, Severity
from visunn_lint.rules._dropouts import BUILT_IN_FORWARD, dropped_share
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.topology import CapturedModel


@dataclass(frozen=True)
class DropoutBuiltInForward(Rule):
    """A dropout module is built in forward, and drops values in eval mode.

    A module that is made anew in each call is in train mode, whatever the model is in.

    ## Why is this bad?
    ``eval()`` never reaches it: the trained model gives another answer each time, and a worse one.

    ## Use instead
    Build it in the constructor and assign it to an attribute, or call
    ``F.dropout(x, p, training=self.training)``.

    ## References
    - yangze0930/NTS-Net#14
    """

    code = "VIS502"
    name = "dropout-built-in-forward"
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
                    return nn.Dropout(p=0.5)(self.fc(x))
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
                    self.fc, self.dropout = nn.Linear(4, 4), nn.Dropout(p=0.5)

                def forward(self, x):
                    return self.dropout(self.fc(x))
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):
                def forward(self, x):
                    return nn.Dropout(0.5).train(self.training)(nn.Dropout(0.0)(x))
            """,
            inputs="2x4",
        ),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each line that drops values in eval through a module built there."""
        if model.eval is None:
            return
        for node in model.eval.ops():
            owner = model.eval.modules.get(node.module)
            if owner is None or owner.container != BUILT_IN_FORWARD or not owner.kind.startswith("torch.nn."):
                continue
            rate = dropped_share(node)
            caller = owner.calls[0].parent if owner.calls else None
            if rate:
                yield self.finding(
                    caller[0] if caller else "",
                    f"`nn.{owner.short_kind}` is built in forward, and drops {rate:.0%} of the values in eval mode",
                    location=owner.calls[0].source if owner.calls else node.source,
                    label="a new module is in train mode",
                    advice="build it in the constructor, or use F.dropout with training=self.training",
                )
