"""VIS114 tied-parameter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from visunn_lint.finding import Finding, Severity
from visunn_lint.records import Param
from visunn_lint.rules._mentions import assigned_at
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.topology import CapturedModel


@dataclass(frozen=True)
class TiedParameter(Rule):
    """One parameter is registered under two names.

    Two names of a whole module are `aliased-module`'s matter. Ties that the model declares, as transformers
    does with ``_tied_weights_keys``, are left alone.

    ## Why is this bad?
    A tie is a fine thing if it is meant. If not, two layers train one weight. Meant or not,
    ``safetensors`` refuses to save such a model as it is, and a checkpoint that is loaded by name, a
    ``deepcopy`` of a part or ``module.weight = nn.Parameter(...)`` breaks the tie without a word.

    ## Use instead
    A parameter for each name; or name the tie in ``allow``, and in `broken-tie`, which then watches over it.

    ## Options
    - ``allow``: globs of the names of parameters that are meant to be tied.

    ## References
    - huggingface/safetensors#98
    """

    allow: tuple[str, ...] = ()

    code = "VIS114"
    name = "tied-parameter"
    category = "wiring"
    severity = Severity.INFO
    since = "0.1.0"
    bad = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.embed, self.out = nn.Linear(8, 4, bias=False), nn.Linear(8, 4)
                    self.out.weight = self.embed.weight

                def forward(self, x):
                    return self.out(x) + self.embed(x)
            """,
            inputs="2x8",
            at=("out",),
        ),
    )
    good = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.embed, self.out = nn.Linear(8, 4, bias=False), nn.Linear(8, 4)

                def forward(self, x):
                    return self.out(x) + self.embed(x)
            """,
            inputs="2x8",
        ),
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.embed, self.out = nn.Linear(8, 4, bias=False), nn.Linear(8, 4)
                    self.out.weight = self.embed.weight

                def forward(self, x):
                    return self.out(x) + self.embed(x)
            """,
            inputs="2x8",
            options={"allow": ("embed.weight",)},
        ),
        Example("nn.Sequential(layer := nn.Linear(4, 4), layer)", inputs="2x4"),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each parameter with several names, at the last of them."""
        topology, told = model.topology, set[str]()
        declared = {name for names in model.declared_ties for name in names}
        for module in topology:
            for param in module.params if module.registered else ():
                names = (param.path, *param.shared_with)
                if len(names) > 1 and told.isdisjoint(names) and not self._is_meant(names, declared):
                    told.update(names)
                    yield self._report(model, param)

    def _is_meant(self, names: tuple[str, ...], declared: set[str]) -> bool:
        is_allowed = any(fnmatchcase(name, pattern) for name in names for pattern in self.allow)
        return is_allowed or not declared.isdisjoint(names)

    def _report(self, model: CapturedModel, param: Param) -> Finding:
        last = param.shared_with[-1]
        holder, _, _ = last.rpartition(".")
        owner = model.topology[holder]
        above = model.topology.parent(owner)
        return self.finding(
            owner,
            f"`{last}` is the same parameter as `{param.path}`: {param.numel:,} numbers under "
            f"{len(param.shared_with) + 1} names",
            location=(assigned_at(model, above, owner.name) if above else None) or owner.source,
            label="trained as one",
            advice="name it in `allow` of this rule if that is meant",
        )
