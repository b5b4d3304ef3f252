"""VIS403 over-budget."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint import cost
from visunn_lint.finding import Finding, Severity
from visunn_lint.records import Module
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.topology import CapturedModel, Topology


@dataclass(frozen=True)
class OverBudget(Rule):
    """The model is larger than the project allows: parameters, FLOPs, activations, depth, one layer's share.

    Checks nothing until an option is set.

    ## Why is this bad?
    A model that grows past the memory of the phone or the time that a request may take is noticed
    late, by others. FLOPs and bytes are those of the inputs that were run, the whole batch.

    ## Options
    - ``params``, ``trainable-params``: how many numbers the parameters may have, shared ones counted once.
    - ``flops``: floating point operations of one forward; a multiply and an add are two.
    - ``activation-bytes``: bytes of the activations of forward and backward.
    - ``depth``: how deep modules may be nested; the children of the model are at depth 1.
    - ``largest-share``: which part of all parameters one module may hold itself, from 0 to 1.

    ```toml
    [tool.visunn.rules.over-budget]
    params = 11_700_000
    largest-share = 0.5
    ```

    ## References
    - larq/zoo#106
    """

    params: int | None = None
    trainable_params: int | None = None
    flops: int | None = None
    activation_bytes: int | None = None
    depth: int | None = None
    largest_share: float | None = None

    code = "VIS403"
    name = "over-budget"
    category = "policy"
    severity = Severity.ERROR
    since = "0.1.0"
    scope = "model"
    says_each = True
    bad = (
        Example(
            "nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))",
            inputs="2x4",
            at=("", "0", "0"),
            options={"params": 50, "depth": 0, "largest_share": 0.5},
        ),
        Example(
            "nn.Sequential(nn.Linear(4, 8, bias=False))",
            inputs="2x4",
            at=("", "", ""),
            options={"flops": 100, "activation_bytes": 100, "trainable_params": 31},
        ),
    )
    good = (
        Example(
            "nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 2))",
            inputs="2x4",
            options={"params": 50, "depth": 1, "largest_share": 0.7},
        ),
        Example(
            "nn.Sequential(nn.Linear(4, 8, bias=False))",
            inputs="2x4",
            options={"flops": 128, "activation_bytes": 128, "trainable_params": 32},
        ),
    )

    def missing_options(self) -> str:
        """Return that a budget is needed."""
        budgets = (
            self.params,
            self.trainable_params,
            self.flops,
            self.activation_bytes,
            self.depth,
            self.largest_share,
        )
        return "" if any(budget is not None for budget in budgets) else "set a budget, such as `params`"

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each budget that is exceeded."""
        topology = model.topology
        yield from self._total(topology, "parameters", topology.parameter_count, self.params)
        yield from self._total(
            topology, "trainable parameters", topology.trainable_parameter_count, self.trainable_params
        )
        if not topology.failure:
            yield from self._run(topology)
        yield from self._too_deep(topology)
        yield from self._too_large(topology)

    def _run(self, topology: Topology) -> Iterator[Finding]:
        if self.flops is not None:
            yield from self._total(topology, "FLOPs", cost.flops(topology), self.flops)
        if self.activation_bytes is not None:
            found = cost.activation_bytes(topology)
            yield from self._total(topology, "bytes of activations", found, self.activation_bytes)

    def _total(self, topology: Topology, what: str, found: int, most: int | None) -> Iterator[Finding]:
        if most is not None and found > most:
            ran = topology.captured.input_spec
            given = f" for an input of {ran}" if ran and what not in {"parameters", "trainable parameters"} else ""
            yield self.finding(
                topology.modules.get("", ""),
                f"{found:,} {what}{given}, {found - most:,} more than the budget of {most:,}",
                label=_ratio(found, most),
            )

    def _too_deep(self, topology: Topology) -> Iterator[Finding]:
        deepest = max((module for module in topology if module.registered), key=_depth, default=None)
        if self.depth is not None and deepest is not None and _depth(deepest) > self.depth:
            message = f"`{deepest.path}` is nested {_depth(deepest)} deep, the budget is {self.depth}"
            yield self.finding(deepest, message)

    def _too_large(self, topology: Topology) -> Iterator[Finding]:
        largest = max((module for module in topology if module.registered), key=_own_size, default=None)
        total = topology.parameter_count
        if self.largest_share is None or largest is None or not total:
            return
        share = _own_size(largest) / total
        if share > self.largest_share:
            message = (
                f"`{largest.path}` ({largest.short_kind}) holds {share:.1%} of all parameters, "
                f"the budget is {self.largest_share:.1%}"
            )
            yield self.finding(largest, message, label=f"{_own_size(largest):,} of {total:,} parameters")


def _depth(module: Module) -> int:
    return module.path.count(".") + 1 if module.path else 0


def _own_size(module: Module) -> int:
    return sum(param.numel for param in module.params)


def _ratio(found: int, most: int) -> str:
    return f"{found / most:.2f} × the budget" if most else ""
