"""From a Topology to its tree: the facts of each module."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from visunn_lint.text import safe, shape_text
from visunn_lint.tree import places
from visunn_lint.tree.branches import Branch, Forms, Note, folded
from visunn_lint.tree.kinds import describe, kernel

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from visunn_lint.cost import Cost
    from visunn_lint.records import Module, Param, Slot
    from visunn_lint.topology import Topology
    from visunn_lint.tree.branches import Mark

_CONTAINERS = frozenset({"ModuleList", "ModuleDict", "ParameterList", "ParameterDict"})
_TIMES = {2: "twice"}


def grow(topology: Topology, cost: Cost, marks: Mapping[str, Sequence[Mark]]) -> Branch:
    """Return the tree of a Topology; equal numbered siblings are folded into one."""
    maker = _BranchMaker(topology, cost, marks)
    below = places.by_home(maker.home)
    grown: dict[str, Branch] = {}
    for path in reversed(below):
        grown[path] = maker.branch(path, [grown[child] for child in below[path]])
    return grown[""]


class _BranchMaker:
    """What is known of all modules; makes the branch of one of them."""

    def __init__(self, topology: Topology, cost: Cost, marks: Mapping[str, Sequence[Mark]]) -> None:
        self.home = places.homes(topology.modules)
        self._modules = topology.modules
        self._failure = topology.failure
        self._flops = cost.module_flops
        self._marks = marks
        self._forms = Forms()
        self._was_run = bool(topology.calls)
        self._readers = {node.module for node in topology.nodes.values() if node.kind in {"param", "buffer"}}
        self._aliases = places.aliases_by_holder(topology.modules)
        self._params = places.params_below(topology.modules, self.home)
        self._shared = places.shared_params(topology.modules.values())

    def branch(self, path: str, children: Sequence[Branch]) -> Branch:
        """Return the branch of a module whose children have grown."""
        module = self._modules.get(path) or _untold(path)
        kind, details = describe(module)
        params = self._params.get(path, ())
        grown = Branch(
            label=safe(places.label(path, self.home.get(path, ""))),
            path=path,
            kind=kind,
            details=details,
            input=_first_shape([call.inputs for call in module.calls[:1]]),
            output=_first_shape([call.outputs for call in module.calls[:1]]),
            kernel=kernel(module),
            parameters=sum(param.numel for param in params),
            trainable=sum(param.numel for param in params if param.requires_grad),
            flops=self._flops.get(path, 0),
            calls=len(module.calls),
            source=module.source,
            is_used=self._is_used(module) or any(child.is_used for child in children),
            marks=tuple(self._marks.get(path, ())),
            notes=tuple(self._notes(module)),
            children=folded([*self._own_params(module, children), *children, *self._other_names(path)]),
        )
        return self._with_form(grown, module)

    def _with_form(self, branch: Branch, module: Module) -> Branch:
        return replace(branch, form=self._forms.of(branch, tuple(module.hyperparameters.items())))

    def _own_params(self, module: Module, children: Sequence[Branch]) -> Iterator[Branch]:
        """Yield the parameters that a module with children holds itself: else the sums do not add up."""
        for param in module.params if children else ():
            branch = _param_branch(param)
            yield replace(branch, form=self._forms.of(branch, None))

    def _other_names(self, holder: str) -> Iterator[Branch]:
        """Yield a branch for each module that has another name here, and stands elsewhere."""
        for alias, module in self._aliases.get(holder, ()):
            branch = Branch(
                label=safe(places.label(alias, holder)),
                path=alias,
                kind=safe(module.short_kind),
                is_module=False,
                notes=(Note(f"↳ shared with {safe(module.path)}"),),
            )
            yield replace(branch, form=self._forms.of(branch, None))

    def _is_used(self, module: Module) -> bool:
        """Return whether a module was called or its tensors read; an empty container cannot be."""
        if not self._was_run or module.calls or module.forward_calls or module.path in self._readers:
            return True
        return module.short_kind in _CONTAINERS and not module.children and not module.params

    def _notes(self, module: Module) -> Iterator[Note]:
        count = len(module.calls)
        if self._failure is not None and self._failure.module == module.path:
            yield Note(f"✗ forward stopped here: {safe(self._failure.error)}", "error")
        if count > self._calls_around(module.path):
            yield Note(f"↺ called {_TIMES.get(count, f'{count} times')}", "strong")
        if module.forward_calls and not count:
            yield Note("called by .forward()")
        if not module.registered:
            yield Note(f"not registered: {safe(module.container)}".rstrip(": "))
        if any(param.shape is None for param in module.params):
            yield Note("shape not known")
        for param, first in self._shared.get(module.path, ()):
            yield Note(f"↳ {safe(param.name)} shared with {safe(first)}")

    def _calls_around(self, path: str) -> int:
        """Return how often the closest module around it that was called at all was called."""
        for holder in places.above(path, self.home):
            calls = len(self._modules[holder].calls) if holder in self._modules else 0
            if calls:
                return calls
        return 1


def _untold(path: str) -> Module:
    """Return what stands for a module that only those below it tell of."""
    from visunn_lint.records import Module  # noqa: PLC0415 -- msgspec, for which `visunn --help` does not wait

    return Module(path, "")


def _param_branch(param: Param) -> Branch:
    return Branch(
        label=safe(param.name),
        path=param.path,
        kind="Parameter",
        details="" if param.shape is None else shape_text(param.shape),
        parameters=param.numel,
        trainable=param.numel if param.requires_grad else 0,
        is_module=False,
    )


def _first_shape(first_call: Sequence[Sequence[Slot]]) -> str:
    """Return the shape of the first tensor of the first call, and how many more there are."""
    slots = first_call[0] if first_call else ()
    if not slots:
        return ""
    return shape_text(slots[0].spec.shape) + (f" +{len(slots) - 1}" if len(slots) > 1 else "")
