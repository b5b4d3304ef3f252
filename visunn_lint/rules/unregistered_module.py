"""VIS106 unregistered-module."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from visunn_lint import query
from visunn_lint.finding import Finding, Severity
from visunn_lint.records import Module, Node
from visunn_lint.rules._mentions import assigned_at
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.topology import CapturedModel, Topology

_REMEDIES = {"dict": "nn.ModuleDict", "OrderedDict": "nn.ModuleDict", "defaultdict": "nn.ModuleDict"}
_MET_IN_FORWARD = "built in forward"
_CONSEQUENCE = "neither trained, nor saved, nor moved, nor switched by eval()"


@dataclass(frozen=True)
class UnregisteredModule(Rule):
    """Modules that ``forward`` calls are held where torch does not see them: in a plain list, a dict, an object.

    Modules that are registered elsewhere as well, that have no parameters, or whose parameters are all
    frozen are left alone: a plain list is the usual way to keep a teacher out of ``state_dict()``. So are those of
    whose own parameters none is read, as ``torch.func.functional_call`` puts others in their place.

    ## Why is this bad?
    ``parameters()`` does not list them, so the optimizer never trains them; ``state_dict()`` does not save
    them; ``.to()``, ``.eval()`` and ``.half()`` do not reach them. Nothing fails: the model just stays bad.

    ## Use instead
    ``nn.ModuleList`` or ``nn.ModuleDict``.

    ## References
    - pytorch/pytorch#59925
    - pytorch/pytorch#715
    """

    code = "VIS106"
    name = "unregistered-module"
    category = "wiring"
    severity = Severity.ERROR
    since = "0.1.0"
    bad = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.blocks = [nn.Linear(4, 4), nn.Linear(4, 4)]

                def forward(self, x):
                    for block in self.blocks:
                        x = block(x)
                    return x
            """,
            inputs="2x4",
            at=("blocks[0]",),
        ),
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.heads = {"class": nn.Sequential(nn.ReLU(), nn.Linear(4, 4))}

                def forward(self, x):
                    return self.heads["class"](x)
            """,
            inputs="2x4",
            at=("heads['class']",),
        ),
        Example(
            """
            class Ensemble:
                def __init__(self):
                    self.net = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4))

            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.ensemble = Ensemble()

                def forward(self, x):
                    return self.ensemble.net(x)
            """,
            inputs="2x4",
            at=("<Sequential>",),
        ),
    )
    good = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.blocks = nn.ModuleList([nn.Linear(4, 4), nn.Linear(4, 4)])

                def forward(self, x):
                    for block in self.blocks:
                        x = block(x)
                    return x
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # registered elsewhere, nothing to train, frozen, and never called
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 4)
                    self.order = [self.fc, nn.ReLU()]
                    self.teacher = [nn.Linear(4, 4).requires_grad_(False)]
                    self.spare = (nn.Linear(4, 4),)

                def forward(self, x):
                    for layer in self.order:
                        x = layer(x)
                    return x - self.teacher[0](x)
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # an ensemble: what is called is run with the parameters of the members alone
                def __init__(self):
                    super().__init__()
                    self.members = nn.ModuleList([nn.Linear(4, 2), nn.Linear(4, 2)])
                    self.base = [nn.Linear(4, 2, device="meta")]

                def forward(self, x):
                    stacked = torch.func.stack_module_state(list(self.members))
                    return torch.vmap(lambda *state: torch.func.functional_call(self.base[0], state, (x,)))(*stacked)
            """,
            inputs="2x4",
        ),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each plain container, and each hidden module, with something to train."""
        for topology in model.topologies:
            used = query.used_modules(topology)
            containers: defaultdict[str, list[Module]] = defaultdict(list)
            for module in filter(partial(_is_held_outside, topology), topology):
                if module.container == _MET_IN_FORWARD:
                    yield from self._hidden(topology, module)
                elif module.path in used and _trains(topology, module):
                    containers[module.path.partition("[")[0]].append(module)
            for path, modules in containers.items():
                yield self._report(model, path, modules)

    def _hidden(self, topology: Topology, module: Module) -> Iterator[Finding]:
        """Yield a finding for a module that is in no container of the model's, and was there before the run."""
        parameters = sum(map(query.output_numel, _foreign_parameters(topology, module)))
        if parameters:
            what = f"no attribute of the model holds this {module.short_kind}"
            yield self.finding(
                module,
                f"{what}: torch does not know of {parameters:,} parameters",
                location=module.calls[0].source if module.calls else module.source,
                label=_CONSEQUENCE,
                advice="assign it to an attribute of a module",
            )

    def _report(self, model: CapturedModel, path: str, modules: list[Module]) -> Finding:
        topology, first = model.topology, modules[0]
        holder, _, attribute = path.rpartition(".")
        parameters = sum(param.numel for module in modules for param in query.params_below(topology, module))
        what = f"{len(modules)} modules" if len(modules) > 1 else f"a {first.short_kind}"
        owner = topology.modules.get(holder)
        return self.finding(
            first,
            f"{what} in the plain {first.container} `{path}`: torch does not know of {parameters:,} parameters",
            location=(assigned_at(model, owner, attribute) if owner else None) or first.source,
            label=_CONSEQUENCE,
            advice=f"hold {'them' if len(modules) > 1 else 'it'} in {_REMEDIES.get(first.container, 'nn.ModuleList')}",
        )


def _is_held_outside(topology: Topology, module: Module) -> bool:
    """Return whether a module is the top of a subtree that is held where torch does not look."""
    holder = topology.modules.get(module.path.rpartition(".")[0])
    is_top = holder is None or holder.registered
    return not module.registered and is_top


def _trains(topology: Topology, module: Module) -> bool:
    """Return whether the run reads a parameter to train below a module, or nobody saw whether it does."""
    read, unseen = query.read_tensors(topology), query.unseen_modules(topology)
    return any(
        param.requires_grad and (param.path in read or param.path.rpartition(".")[0] in unseen)
        for param in query.params_below(topology, module)
    )


def _foreign_parameters(topology: Topology, module: Module) -> Iterator[Node]:
    """Yield the tensors to train that a module met in forward reads, and that were there before."""
    inside = {module.path, *(child.path for child in topology.descendants(module))}
    for node in topology.nodes.values():
        is_trained = node.kind == "const" and node.attributes.get("requires_grad") is True
        if is_trained and any(reader.module in inside for reader in topology.consumers(node)):
            yield node
