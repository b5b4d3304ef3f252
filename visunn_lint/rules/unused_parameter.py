"""VIS102 unused-parameter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint import query
from visunn_lint.finding import Finding, Severity
from visunn_lint.records import Module, Param
from visunn_lint.rules._mentions import assigned_at, may_run_elsewhere, path_from, running_class
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.rules._walks import picks_members
from visunn_lint.topology import CapturedModel

_OF_PARAMETERS = frozenset({"torch.nn.ParameterList", "torch.nn.ParameterDict"})


@dataclass(frozen=True)
class UnusedParameter(Rule):
    """A parameter to train that no op reads, neither in eval nor in train.

    The parameters of a module that is never called are `unused-module`'s matter, and those that
    other inputs, or another method of the class, may read are left alone.

    ## Why is this bad?
    It is allocated, saved and handed to the optimizer, and never gets a gradient. DistributedDataParallel
    waits for that gradient and stops with an error. Often ``forward`` was meant to read it, or a module
    of the same name was put in its place.

    ## Use instead
    Read the parameter, or remove it. One that must be kept for old checkpoints can be frozen
    (``requires_grad=False``) or be a buffer.

    ## References
    - pytorch/pytorch#43259
    """

    code = "VIS102"
    name = "unused-parameter"
    category = "wiring"
    severity = Severity.WARNING
    since = "0.1.0"
    needs = frozenset({"eval", "train"})
    bad = (
        Example(
            """
            class Scale(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.gain = nn.Parameter(torch.ones(4))
                    self.shift = nn.Parameter(torch.zeros(4))

                def forward(self, x):
                    return x * self.gain

            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.scale = Scale()

                def forward(self, x):
                    return self.scale(x)
            """,
            inputs="2x4",
            at=("scale",),
        ),
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.project = nn.Linear(4, 4)

                def forward(self, x):
                    return F.linear(x, self.project.weight)
            """,
            inputs="2x4",
            at=("project",),
        ),
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.scales = nn.ParameterList(nn.Parameter(torch.ones(4)) for _ in range(3))

                def forward(self, x):
                    for scale in self.scales[:2]:
                        x = x * scale
                    return x
            """,
            inputs="2x4",
            at=("scales",),
        ),
    )
    good = (
        Example(
            """
            class Scale(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.gain = nn.Parameter(torch.ones(4))
                    self.shift = nn.Parameter(torch.zeros(4))

                def forward(self, x):
                    return x * self.gain + self.shift

            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.scale = Scale()

                def forward(self, x):
                    return self.scale(x)
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # a whole module that is unused is another rule's matter
                def __init__(self):
                    super().__init__()
                    self.fc, self.spare = nn.Linear(4, 4), nn.Linear(4, 4)

                def forward(self, x):
                    return self.fc(x)
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # frozen, read by other inputs, and read by another method
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 4)
                    self.old = nn.Parameter(torch.ones(4), requires_grad=False)
                    self.mask_token = nn.Parameter(torch.ones(4))
                    self.temperature = nn.Parameter(torch.ones(1))

                def forward(self, x, mask=None):
                    if mask is not None:
                        x = torch.where(mask, x, self.mask_token)
                    return self.fc(x)

                def loss(self, x):
                    return (self(x) / self.temperature).mean()
            """,
            inputs="2x4",
        ),
        Example("nn.MultiheadAttention(8, 2, batch_first=True)", inputs="2x3x8, 2x3x8, 2x3x8"),
        Example("nn.LSTM(4, 8, num_layers=2, bidirectional=True, batch_first=True)", inputs="2x3x4"),
        Example("torch.nn.utils.weight_norm(nn.Linear(4, 4))", inputs="2x4"),
        Example("torch.nn.utils.parametrizations.weight_norm(nn.Linear(4, 4))", inputs="2x4"),
        Example("torch.nn.utils.parametrizations.spectral_norm(nn.Linear(4, 4))", inputs="2x4"),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each used module with parameters that are not."""
        if model.has_failed:
            return
        read = set().union(*map(query.read_tensors, model.topologies))
        for module in _used(model):
            unread = [param for param in module.params if _trains(param) and param.path not in read]
            if module.kind in _OF_PARAMETERS and not _is_left_over(model, module, unread):
                continue
            unread = [param for param in unread if not _may_be_read(model, module, param)]
            if unread:
                yield self._report(model, module, unread)

    def _report(self, model: CapturedModel, module: Module, unread: list[Param]) -> Finding:
        names = ", ".join(f"`{param.path}`" for param in unread)
        owner = running_class(model.topology, module) if module.kind in _OF_PARAMETERS else module
        return self.finding(
            module,
            f"no op reads the parameter{'s' if len(unread) > 1 else ''} {names}",
            location=assigned_at(model, owner, unread[0].name) if owner else None,
            label=f"{sum(param.numel for param in unread):,} numbers, never read in eval or train",
            advice="read it or remove it; DistributedDataParallel stops when it gets no gradient",
        )


def _used(model: CapturedModel) -> Iterator[Module]:
    """Yield the registered modules that took part, but for those in which nobody saw what ran."""
    used = set().union(*map(query.used_modules, model.topologies))
    unseen = set().union(*map(query.unseen_modules, model.topologies))
    for module in model.topology:
        is_used = module.path in used or (module.kind in _OF_PARAMETERS and module.path.rpartition(".")[0] in used)
        if module.registered and is_used and module.path not in unseen:
            yield module


def _trains(param: Param) -> bool:
    return param.requires_grad and param.numel > 0 and "parametrizations" not in param.path.split(".")


def _is_left_over(model: CapturedModel, container: Module, unread: list[Param]) -> bool:
    """Return whether the unread parameters of a container are so by design of the code around it."""
    owner = running_class(model.topology, container)
    if owner is None or len(unread) == len(container.params):
        return owner is not None and not may_run_elsewhere(model, owner, path_from(owner, container.path))
    return container.kind == "torch.nn.ParameterList" and not picks_members(model, owner, container.name)


def _may_be_read(model: CapturedModel, module: Module, param: Param) -> bool:
    """Return whether other inputs, or another method of the class around it, may read a parameter."""
    if module.kind in _OF_PARAMETERS:
        return False
    owner = module if module.calls else running_class(model.topology, module)
    return owner is None or may_run_elsewhere(model, owner, path_from(owner, param.path))
