"""VIS104 unused-input."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint.finding import Finding, Severity
from visunn_lint.rules._arguments import ignoring_parameter
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.topology import CapturedModel, Topology


@dataclass(frozen=True)
class UnusedInput(Rule):
    """Nothing reads an input of ``forward``.

    It was given a tensor, no op of eval or train takes it, and the code does not look at its shape
    either. To ask whether it is None is no use, nor is to hand it to a module that ignores it.

    ## Why is this bad?
    Callers prepare a mask or a length that has no effect, and believe that it has.

    ## Use instead
    Read the input, or remove the parameter.

    ## References
    - pylint's ``unused-argument``, which sees one function and no modules
    """

    code = "VIS104"
    name = "unused-input"
    category = "wiring"
    severity = Severity.INFO
    since = "0.1.0"
    bad = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 4)

                def forward(self, x, mask):
                    return self.fc(x)
            """,
            inputs="2x4, 2x4",
            at=("",),
        ),
        Example(
            """
            class Block(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 4)

                def forward(self, x, mask=None):
                    return self.fc(x)

            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.block = Block()

                def forward(self, x, mask=None):
                    if mask is not None:
                        assert x is not None
                    return self.block(x, mask=mask)
            """,
            inputs="2x4, 2x4",
            at=("",),
        ),
    )
    good = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 4)

                def forward(self, x, mask):
                    return self.fc(x) * mask
            """,
            inputs="2x4, 2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # its shape is asked for; and one that is not given
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 4)

                def forward(self, x, like, mask=None):
                    return self.fc(x).expand(like.shape)
            """,
            inputs="2x4, 2x4",
        ),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each input that no op reads, and no code looks at."""
        if model.has_failed:
            return
        unread = [_unread(topology) for topology in model.topologies]
        for label in unread[0]:
            if all(label in labels for labels in unread):
                yield from self._report(model, label, unread[0][label])

    def _report(self, model: CapturedModel, label: str, node: str) -> Iterator[Finding]:
        root = model.topology.modules.get("")
        parameter = root and root.calls and ignoring_parameter(model, root.calls[0], label, node)
        if parameter:
            yield self.finding(
                "",
                f"nothing reads the input `{label}`",
                location=parameter.location,
                label="given, and neither read nor measured",
                advice="read it, or remove it: who passes it believes that it counts",
            )


def _unread(topology: Topology) -> dict[str, str]:
    """Return the names of the inputs that no op reads, with those of their nodes."""
    inputs = (node for node in topology.nodes.values() if node.kind == "input" and "." not in node.label)
    return {node.label: node.name for node in inputs if not topology.consumers(node)}
