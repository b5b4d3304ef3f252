"""VIS113 forward-called-directly."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint.finding import Finding, Severity
from visunn_lint.records import Call, Module
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.rules._syntax import syntax_tree
from visunn_lint.topology import CapturedModel


@dataclass(frozen=True)
class ForwardCalledDirectly(Rule):
    """A module is run by ``module.forward(x)``.

    ``super().forward(x)`` is right, and so is ``self.forward(x)``, in other methods of the module too.

    ## Why is this bad?
    ``module(x)`` runs the hooks, then ``forward``. Called directly, ``forward`` runs without them: weight and
    spectral norm of old, pruning, quantization, FSDP, ``torch.compile`` and profilers see nothing.

    ## Use instead
    ``module(x)``.

    ## References
    - mlfoundations/open_flamingo#91
    """

    code = "VIS113"
    name = "forward-called-directly"
    category = "wiring"
    severity = Severity.WARNING
    since = "0.1.0"
    bad = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.encoder, self.head = nn.Linear(4, 4), nn.Linear(4, 2)

                def forward(self, x):
                    x = self.encoder.forward(x)
                    return self.head(x)
            """,
            inputs="2x4",
            at=("encoder",),
        ),
    )
    good = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.encoder, self.head = nn.Linear(4, 4), nn.Linear(4, 2)

                def forward(self, x):
                    x = self.encoder(x)
                    return self.head(x)
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Scaled(nn.Linear):
                def forward(self, x):
                    return 2 * super().forward(x)

            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.scaled = Scaled(4, 4)

                def forward(self, x):
                    return self.scaled(x)
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Rotary(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.frequencies = nn.Parameter(torch.ones(4))

                def forward(self, steps):
                    return steps[:, None] * self.frequencies

                def rotate(self, x):  # a method beside forward
                    return x * self.forward(torch.arange(x.shape[1])).cos()

            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.rotary = Rotary()

                def forward(self, x):
                    return self.rotary.rotate(x)
            """,
            inputs="2x5x4",
        ),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each line that calls the ``forward`` of another module."""
        for topology in model.topologies:
            for module in topology:
                if module.forward_calls:
                    yield from self._direct_calls(module)

    def _direct_calls(self, module: Module) -> Iterator[Finding]:
        for source in dict.fromkeys(call.source for call in module.calls if _is_direct(call)):
            yield self.finding(
                module,
                f"`{module.path}` ({module.short_kind}) is run by `.forward(…)`: its hooks are not",
                location=source,
                label="goes round __call__",
                advice="call the module itself",
            )


def _is_direct(call: Call) -> bool:
    """Return whether the line of a call names ``forward``, of another module than the one that is running."""
    if call.source is None or call.parent is None or call.parent[0] == call.module:
        return False
    tree = syntax_tree(call.source.file)
    node = tree.at(call.source)
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    return node.func.attr == "forward" and not tree.is_self(node.func.value)
