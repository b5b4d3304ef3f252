"""VIS401 unexpected-module."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from visunn_lint.finding import Finding, Severity
from visunn_lint.records import Module, Node
from visunn_lint.rules._patterns import first_match, is_op_pattern, matches_module, matches_op
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.topology import CapturedModel


@dataclass(frozen=True)
class UnexpectedModule(Rule):
    """The model has a module or runs an op that the project does not want, or more of it than allowed.

    Checks nothing until an option is set.

    ## Why is this bad?
    That is for the project to say: batch norm breaks differential privacy, an LSTM does not run on
    the phone, a second attention layer is more than was agreed on. Written down, it is checked in
    every run instead of remembered in reviews.

    ## Options
    - ``deny``: patterns of what may not be there.
    - ``allow``: patterns of all that may be there. Those of modules speak of modules without
      children, those of ops of ops; a kind of pattern that is not among them allows everything.
    - ``max``: by pattern, how many modules or ops there may be at most.

    A pattern with ``::`` is a glob of ops (``aten::einsum``); any other is a glob of module paths
    (``encoder.*``) or of classes, by full or short name (``torch.nn.BatchNorm*``, ``LSTM``).

    ```toml
    [tool.visunn.rules.unexpected-module]
    deny = ["BatchNorm*", "aten::einsum"]
    max = { "Linear" = 4 }
    ```

    ## References
    - pytorch/opacus#432
    """

    deny: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    max: Mapping[str, int] = field(default_factory=dict)

    code = "VIS401"
    name = "unexpected-module"
    category = "policy"
    severity = Severity.ERROR
    since = "0.1.0"
    is_structural = True
    scope = "model"
    bad = (
        Example(
            "nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU())",
            inputs="2x3x8x8",
            at=("1",),
            options={"deny": ("BatchNorm*",)},
        ),
        Example(
            "nn.Sequential(nn.Sequential(nn.Linear(4, 4), nn.Tanh()), nn.GELU())",
            inputs="2x4",
            at=("0.1", "1"),
            options={"allow": ("Linear", "torch.nn.ReLU")},
        ),
        Example(
            "nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4), nn.Linear(4, 4))",
            inputs="2x4",
            at=("2",),
            options={"max": {"Linear": 2}},
        ),
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.encoder = nn.Sequential(nn.Linear(4, 4))

                def forward(self, x):
                    return torch.einsum("ij,kj->ik", self.encoder(x), x)
            """,
            inputs="2x4",
            at=("encoder", ""),
            options={"deny": ("encoder*", "aten::einsum")},
        ),
    )
    good = (
        Example(
            "nn.Sequential(nn.Conv2d(3, 8, 3), nn.GroupNorm(2, 8), nn.ReLU())",
            inputs="2x3x8x8",
            options={"deny": ("BatchNorm*",)},
        ),
        Example(
            "nn.Sequential(nn.Linear(4, 4), nn.Sequential(nn.Linear(4, 4)))",
            inputs="2x4",
            options={"allow": ("Linear",), "max": {"Linear": 2, "aten::linear": 2}},
        ),
        Example("nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4))", inputs="2x4"),
    )

    def missing_options(self) -> str:
        """Return that one of the lists is needed."""
        return "" if self.deny or self.allow or self.max else "set `deny`, `allow` or `max`"

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each module and each line with an op that is not expected."""
        for topology in model.topologies:
            modules = list(topology)
            ops = [node for node in topology.nodes.values() if node.kind in {"op", "opaque"}]
            yield from self._denied(modules, ops)
            yield from self._not_allowed(modules, ops)
            for pattern, most in self.max.items():
                yield from self._too_many(pattern, most, modules, ops)

    def _denied(self, modules: list[Module], ops: list[Node]) -> Iterator[Finding]:
        denied = {module.path: pattern for module in modules if (pattern := first_match(module, self.deny))}
        for module in modules:
            pattern = denied.get(module.path)
            above = module.path.rpartition(".")[0]
            if pattern and (not module.path or denied.get(above) != pattern):
                yield self._about_module(module, f"`{pattern}` is denied")
        for node in ops:
            for pattern in self.deny:
                if matches_op(node, pattern):
                    yield self._about_op(node, f"`{pattern}` is denied")

    def _not_allowed(self, modules: list[Module], ops: list[Node]) -> Iterator[Finding]:
        kinds = {is_op_pattern(pattern) for pattern in self.allow}
        for module in modules if False in kinds else ():
            if not module.children and not first_match(module, self.allow):
                yield self._about_module(module, "not among what `allow` lists")
        for node in ops if True in kinds else ():
            if not any(matches_op(node, pattern) for pattern in self.allow):
                yield self._about_op(node, "not among what `allow` lists")

    def _too_many(self, pattern: str, most: int, modules: list[Module], ops: list[Node]) -> Iterator[Finding]:
        if is_op_pattern(pattern):
            nodes = [node for node in ops if matches_op(node, pattern)]
            for node in nodes[most : most + 1]:
                yield self._about_op(node, f"`{pattern}` matches {len(nodes)}, and may match {most}")
            return
        found = [module for module in modules if matches_module(module, pattern)]
        for module in found[most : most + 1]:
            yield self._about_module(module, f"`{pattern}` matches {len(found)}, and may match {most}")

    def _about_module(self, module: Module, reason: str) -> Finding:
        named = f"module `{module.path}` ({module.short_kind})" if module.path else f"model {module.short_kind}"
        return self.finding(module, f"unexpected {named}: {reason}")

    def _about_op(self, node: Node, reason: str) -> Finding:
        where = f" in `{node.module}`" if node.module else ""
        return self.finding(node, f"unexpected op `{node.op}`{where}: {reason}")
