"""VIS402 absent-module."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from visunn_lint import query
from visunn_lint.finding import Finding, Severity
from visunn_lint.records import Module
from visunn_lint.rules._patterns import is_op_pattern, matches_module, matches_op
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.topology import CapturedModel


@dataclass(frozen=True)
class AbsentModule(Rule):
    """A module or op that the project requires is not there, or is never called.

    Checks nothing until an option is set.

    ## Why is this bad?
    A refactoring that loses the spectral norm, the dropout or a branch of the model fails no test:
    the model still trains, only worse. A requirement that is written down does fail.

    ## Options
    - ``require``: patterns of which each must match a module that is called, or an op that runs.

    A pattern with ``::`` is a glob of ops (``aten::dropout``); any other is a glob of module paths
    (``head``) or of classes, by full or short name (``torch.nn.Dropout``, ``BatchNorm*``).

    ```toml
    [tool.visunn.rules.absent-module]
    require = ["Dropout*", "head.classifier"]
    ```

    ## References
    - rdevon/cortex#161
    """

    require: tuple[str, ...] = ()

    code = "VIS402"
    name = "absent-module"
    category = "policy"
    severity = Severity.ERROR
    since = "0.1.0"
    is_structural = True
    scope = "model"
    says_each = True
    bad = (
        Example(
            "nn.Sequential(nn.Linear(4, 4), nn.ReLU())", inputs="2x4", at=("",), options={"require": ("Dropout*",)}
        ),
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.fc, self.drop = nn.Linear(4, 4), nn.Dropout()

                def forward(self, x):
                    return self.fc(x)
            """,
            inputs="2x4",
            at=("drop", ""),
            options={"require": ("drop", "aten::dropout")},
        ),
    )
    good = (
        Example(
            "nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Dropout())",
            inputs="2x4",
            options={"require": ("Dropout*",)},
        ),
        Example(
            "nn.MultiheadAttention(8, 2, batch_first=True)",
            inputs="2x3x8, 2x3x8, 2x3x8",
            options={"require": ("out_proj", "aten::multi_head*")},
        ),
    )

    def missing_options(self) -> str:
        """Return that the list is needed."""
        return "" if self.require else "set `require`"

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each requirement that nothing meets."""
        for pattern in self.require:
            found = self._missing_op(model, pattern) if is_op_pattern(pattern) else self._missing_module(model, pattern)
            if found:
                yield found

    def _missing_op(self, model: CapturedModel, pattern: str) -> Finding | None:
        nodes = [node for topology in model.topologies for node in topology.nodes.values()]
        if model.has_failed or any(matches_op(node, pattern) for node in nodes):
            return None
        hint = _closest(pattern, {node.op for node in nodes if node.kind == "op"})
        return self._about(model, f"no op matches `{pattern}`, which is required", hint)

    def _missing_module(self, model: CapturedModel, pattern: str) -> Finding | None:
        found = [module for topology in model.topologies for module in topology if matches_module(module, pattern)]
        if not found:
            names = {name for module in model.topology for name in (module.path, module.short_kind, module.kind)}
            return self._about(model, f"no module matches `{pattern}`, which is required", _closest(pattern, names))
        used = set().union(*map(query.used_modules, model.topologies))
        if used.isdisjoint(module.path for module in found) and not model.has_failed:
            return self._never_called(found[0], pattern)
        return None

    def _about(self, model: CapturedModel, message: str, hint: str) -> Finding:
        root = model.topology.modules.get("")
        return self.finding(root or "", message, label="not in this model", advice=hint)

    def _never_called(self, module: Module, pattern: str) -> Finding:
        message = f"`{module.path}` ({module.short_kind}) matches the required `{pattern}` and is never called"
        return self.finding(module, message, label="built, and never called", advice="call it in forward")


def _closest(pattern: str, names: set[str]) -> str:
    """Return a question for the name that is most like a pattern; prefixes such as ``torch.nn.`` make none alike."""
    by_end = {name.rpartition(".")[2]: name for name in sorted(names)}
    found = get_close_matches(pattern.rpartition(".")[2].strip("*"), by_end, n=1)
    return f"did you mean `{by_end[found[0]]}`?" if found else ""
