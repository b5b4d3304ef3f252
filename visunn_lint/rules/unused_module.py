"""VIS101 unused-module."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint import query
from visunn_lint.finding import Finding, Related, Severity
from visunn_lint.location import Location
from visunn_lint.records import Module
from visunn_lint.rules._authors import CONTAINERS, built_at
from visunn_lint.rules._mentions import may_run_elsewhere, path_from, running_class
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.rules._walks import picks_members
from visunn_lint.topology import CapturedModel

_OF_PARAMETERS = frozenset({"torch.nn.ParameterList", "torch.nn.ParameterDict"})


@dataclass(frozen=True)
class UnusedModule(Rule):
    """A module with parameters to train is registered and never called, neither in eval nor in train.

    A module counts as used if it, or a module below it, is called, or if an op reads its parameters
    directly. Modules without parameters to train are left alone: they cost nothing, and a loss
    module is rightly called elsewhere. So are modules that other inputs, or another method of the
    class, may call.

    ## Why is this bad?
    The parameters are allocated, saved and handed to the optimizer, and nothing ever trains them.
    DistributedDataParallel waits for their gradients and stops with an error. Often it is the
    trace of a layer that ``forward`` was meant to call.

    ## Use instead
    Call the module, or remove it.

    ## References
    - ultralytics/ultralytics#5821
    - astral-sh/ruff#12349
    """

    code = "VIS101"
    name = "unused-module"
    category = "wiring"
    severity = Severity.WARNING
    since = "0.1.0"
    needs = frozenset({"eval", "train"})
    bad = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.body = nn.Linear(4, 4)
                    self.norm = nn.LayerNorm(4)
                    self.head = nn.Linear(4, 2)

                def forward(self, x):
                    return self.head(F.relu(self.body(x)))
            """,
            inputs="2x4",
            at=("norm",),
        ),
        Example(
            """
            class Net(nn.Module):
                def __init__(self, use_norm=False):
                    super().__init__()
                    self.use_norm = use_norm
                    self.head = nn.Linear(4, 2)
                    self.norm = nn.Sequential(nn.Linear(2, 2), nn.LayerNorm(2))

                def forward(self, x):
                    x = self.head(x)
                    if self.use_norm:
                        x = self.norm(x)
                    return x
            """,
            inputs="2x4",
            at=("norm",),
        ),
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.blocks = nn.ModuleList(nn.Linear(4, 4) for _ in range(5))

                def forward(self, x):
                    for block in self.blocks[:3]:
                        x = block(x)
                    return x
            """,
            inputs="2x4",
            at=("blocks.3",),
        ),
        Example(
            """
            class Backbone(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.conv = nn.Conv2d(3, 4, 3)
                    self.fc = nn.Linear(4, 10)

                def forward(self, x):
                    return self.fc(self.conv(x).mean((2, 3)))

            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.backbone = Backbone()

                def forward(self, x):
                    return self.backbone.conv(x)
            """,
            inputs="2x3x8x8",
            at=("backbone.fc",),
        ),
    )
    good = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.body = nn.Linear(4, 4)
                    self.norm = nn.LayerNorm(4)
                    self.head = nn.Linear(4, 2)

                def forward(self, x):
                    return self.head(self.norm(F.relu(self.body(x))))
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # a head that runs in train only
                def __init__(self):
                    super().__init__()
                    self.body, self.head, self.auxiliary = nn.Linear(4, 4), nn.Linear(4, 2), nn.Linear(4, 2)

                def forward(self, x):
                    x = self.body(x)
                    return (self.head(x), self.auxiliary(x)) if self.training else self.head(x)
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # containers whose members are used one by one
                def __init__(self):
                    super().__init__()
                    self.blocks = nn.ModuleList([nn.ModuleDict({"a": nn.Linear(4, 4)}) for _ in range(2)])
                    self.scales = nn.ParameterList([nn.Parameter(torch.ones(4))])

                def forward(self, x):
                    for block in self.blocks:
                        x = block["a"](x) * self.scales[0]
                    return x
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # parameters that are read directly
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 4)

                def forward(self, x):
                    return F.linear(x, self.fc.weight, self.fc.bias)
            """,
            inputs="2x4",
        ),
        Example("nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)", inputs="2x3x8"),
        Example(
            """
            class Net(nn.Module):  # called by forward, which is another rule's matter
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 4)

                def forward(self, x):
                    return self.fc.forward(x)
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # nothing in it to train: a loss, and a dropout asked for its rate
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 4)
                    self.drop = nn.Dropout(0.1)
                    self.loss = nn.CrossEntropyLoss(weight=torch.ones(4))

                def forward(self, x):
                    return F.dropout(self.fc(x), self.drop.p, self.training)
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # frozen: a teacher that the training loop asks
                def __init__(self):
                    super().__init__()
                    self.student, self.teacher = nn.Linear(4, 4), nn.Linear(4, 4).requires_grad_(False)

                def forward(self, x):
                    return self.student(x)
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # other inputs, or another method, would call it
                def __init__(self):
                    super().__init__()
                    self.fc, self.condition, self.critic = nn.Linear(4, 4), nn.Linear(4, 4), nn.Linear(4, 1)

                def forward(self, x, label=None):
                    x = self.fc(x)
                    if label is not None:
                        x = x + self.condition(label)
                    return x

                def loss(self, x):
                    return self.critic(self(x)).mean()
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # a head for each task, one of them asked for
                def __init__(self):
                    super().__init__()
                    self.heads = nn.ModuleList(nn.Linear(4, 2) for _ in range(3))

                def forward(self, x, task=0):
                    return self.heads[task](x)
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # two names of one weight
                def __init__(self):
                    super().__init__()
                    self.embed, self.out = nn.Linear(4, 8, bias=False), nn.Linear(4, 8, bias=False)
                    self.out.weight = self.embed.weight

                def forward(self, x):
                    return self.embed(x) @ self.embed.weight
            """,
            inputs="2x4",
        ),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each unused subtree, and one for all unused members of a container."""
        if model.has_failed:
            return
        siblings: defaultdict[str, list[Module]] = defaultdict(list)
        for module in _unused_tops(model):
            if _cannot_run(model, module):
                is_member = module.name.isdigit()
                siblings[module.path.rpartition(".")[0] if is_member else module.path].append(module)
        for modules in siblings.values():
            yield self._report(model, modules)

    def _report(self, model: CapturedModel, modules: list[Module]) -> Finding:
        topology, first = model.topology, modules[0]
        below = sum(len(topology.descendants(module)) for module in modules)
        parameters = sum(param.numel for module in modules for param in query.params_below(topology, module))
        who = [f"`{first.path}` ({first.short_kind})"]
        who += [f"{len(modules) - 1} more of `{first.path.rpartition('.')[0]}`"] if len(modules) > 1 else []
        who += [f"{below} below"] if below else []
        return self.finding(
            first,
            f"{' and '.join(who)} {'is' if len(who) == 1 else 'are'} never called: {parameters:,} parameters",
            location=_deciding_line(model, first),
            label="registered, and not called in eval or train",
            advice="call it or remove it; DistributedDataParallel stops when its parameters get no gradient",
            related=_built_at(model, first),
        )


def _unused_tops(model: CapturedModel) -> Iterator[Module]:
    """Yield the registered modules with something to train that took no part, each the top of its subtree."""
    topology = model.topology
    used = set().union(*map(query.used_modules, model.topologies))
    read = set().union(*map(query.read_tensors, model.topologies))
    for module in topology:
        holder = module.path.rpartition(".")[0]
        if module.path in used or holder not in used or not module.registered or module.kind in _OF_PARAMETERS:
            continue
        params = query.params_below(topology, module)
        if any(param.requires_grad and param.numel and param.path not in read for param in params):
            yield module


def _cannot_run(model: CapturedModel, module: Module) -> bool:
    """Return whether no other inputs and no other method of the class around it would call a module."""
    topology = model.topology
    holder, owner = topology.parent(module), running_class(topology, module)
    if holder is None or owner is None or "parametrizations" in module.path.split("."):
        return False
    if holder.kind in CONTAINERS or module.name.isdigit():
        is_steered_by_values = any(each.captured.rung == "real" for each in model.topologies)
        return not is_steered_by_values and holder.kind in CONTAINERS and _is_left_over(model, owner, holder)
    return not may_run_elsewhere(model, owner, path_from(owner, module.path))


def _is_left_over(model: CapturedModel, owner: Module, container: Module) -> bool:
    """Return whether the members of a container that were not called are so by design of the code."""
    is_list = container.kind != "torch.nn.ModuleDict"
    return is_list and not container.calls and not picks_members(model, owner, container.name)


def _deciding_line(model: CapturedModel, module: Module) -> Location | None:
    """Return where the class that decides what runs builds the part that an unused module belongs to."""
    topology, owner = model.topology, running_class(model.topology, module)
    part: Module | None = module
    while part is not None and topology.parent(part) is not owner:
        part = topology.parent(part)
    return built_at(topology, part or module)


def _built_at(model: CapturedModel, module: Module) -> tuple[Related, ...]:
    place = built_at(model.topology, module)
    if place is None or place == _deciding_line(model, module):
        return ()
    return (Related(f"`{module.path}` is built here", place, module.path),)
