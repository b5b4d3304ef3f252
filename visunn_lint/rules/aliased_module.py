"""VIS112 aliased-module."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from visunn_lint import query
from visunn_lint.finding import Finding, Severity
from visunn_lint.records import Module
from visunn_lint.rules._authors import built_at
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.topology import CapturedModel, Topology

_MOST_NAMES = 3


@dataclass(frozen=True)
class AliasedModule(Rule):
    """One module with parameters is registered under two names or more.

    Modules without parameters are left alone: there is nothing to share.

    ## Why is this bad?
    The names look like layers of their own and are one: they share every weight, and the model has
    fewer parameters than it seems. ``nn.ModuleList([layer] * 6)`` is the usual way to get there.

    ## Use instead
    Build a module for each name. Where sharing is the point (ALBERT), say so with ``allow``.

    ## Options
    - ``allow``: globs of the paths of modules that are meant to have several names.

    ## References
    - zalandoresearch/pytorch-vq-vae#2
    """

    allow: tuple[str, ...] = ()

    code = "VIS112"
    name = "aliased-module"
    category = "wiring"
    severity = Severity.INFO
    since = "0.1.0"
    bad = (
        Example("nn.Sequential(*[nn.Linear(4, 4)] * 3)", inputs="2x4", at=("0",)),
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.encoder = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4))
                    self.decoder = self.encoder

                def forward(self, x):
                    return self.decoder(self.encoder(x))
            """,
            inputs="2x4",
            at=("encoder",),
        ),
    )
    good = (
        Example("nn.Sequential(*[nn.Linear(4, 4) for _ in range(3)])", inputs="2x4"),
        Example("nn.Sequential(nn.Linear(4, 4), act := nn.ReLU(), nn.Linear(4, 4), act)", inputs="2x4"),
        Example("nn.Sequential(*[nn.Linear(4, 4)] * 3)", inputs="2x4", options={"allow": ("[12]",)}),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each shared module, the top of its subtree alone."""
        topology = model.topology
        for module in topology:
            names = (module.path, *_own_aliases(topology, module))
            is_meant = any(fnmatchcase(name, pattern) for name in names for pattern in self.allow)
            if len(names) > 1 and not is_meant and any(True for _ in query.params_below(topology, module)):
                yield self._report(topology, module, names[1:])

    def _report(self, topology: Topology, module: Module, aliases: tuple[str, ...]) -> Finding:
        shown = ", ".join(f"`{alias}`" for alias in aliases[:_MOST_NAMES])
        rest = f" and {len(aliases) - _MOST_NAMES} more" if len(aliases) > _MOST_NAMES else ""
        return self.finding(
            module,
            f"`{module.path}` ({module.short_kind}) is also {shown}{rest}: one module under {len(aliases) + 1} names",
            location=built_at(topology, module),
            label="all these names share its weights",
            advice="build a module for each name, or name it in `allow` of this rule if sharing is meant",
        )


def _own_aliases(topology: Topology, module: Module) -> tuple[str, ...]:
    """Return the aliases that a module does not have through the module that holds it."""
    holder = topology.parent(module)
    inherited = {f"{alias}.{module.name}" for alias in holder.aliases} if holder else set()
    return tuple(alias for alias in module.aliases if alias not in inherited)
