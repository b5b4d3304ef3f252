"""Parameters without a gradient, those of one cause together."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from visunn_lint import query
from visunn_lint.gradients import Why
from visunn_lint.rules._mentions import is_reassigned, running_class

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from visunn_lint.gradients import Cut, Gradient
    from visunn_lint.location import Location
    from visunn_lint.records import Call, Module
    from visunn_lint.topology import CapturedModel, Topology


FLAT: Final = frozenset({Why.COMPARISON, Why.STEP})
"""What ends a gradient because the function is flat."""


@dataclass(slots=True)
class Loss:
    """Parameters whose gradient is lost at one place.

    ``cut`` is the op, or one of the ops, that ends it; ``call`` the call that ran wholly without autograd, if that is
    what it was.
    """

    cut: Cut
    call: Call | None = None
    params: list[str] = field(default_factory=list)

    @property
    def module(self) -> str:
        """The path of the module that holds all the parameters."""
        if self.call is not None:
            return self.call.module
        levels = zip(*(path.split(".")[:-1] for path in self.params), strict=False)
        return ".".join(level[0] for level in takewhile(lambda level: len(set(level)) == 1, levels))

    @property
    def place(self) -> Location | None:
        """The line at which the gradient ends."""
        return self.call.source if self.call is not None else self.cut.node.source


@dataclass(frozen=True)
class Losses:
    """The parameters of a model that lose their gradient in train mode."""

    model: CapturedModel
    topology: Topology

    def where(self, is_lost: Callable[[Gradient], bool]) -> Iterator[Loss]:
        """Yield the parameters that lose their gradient in some way, grouped by place.

        Those that the model itself writes (moving averages) are right without one. A model none of whose outputs has a
        gradient answers questions, and is not trained by these answers: there torch complains itself.
        """
        if not any(gradient.reaches or gradient.escapes for gradient in self.topology.gradients):
            return
        found: dict[object, Loss] = {}
        for gradient in self.topology.gradients:
            if not is_lost(gradient) or gradient.escapes or not gradient.cuts or self._is_written(gradient):
                continue
            cut = next((each for each in gradient.cuts if each.why not in FLAT), gradient.cuts[0])
            call = self._unwatched_call(cut) if cut.why is Why.NO_GRAD else None
            loss = Loss(cut, call)
            found.setdefault(loss.place or loss.cut.node.name, loss).params.append(gradient.param.label)
        yield from found.values()

    def _unwatched_call(self, cut: Cut) -> Call | None:
        """Return the outermost call around an op during which autograd was off throughout."""
        found = None
        for call in query.calls_around(self.topology, cut.node.module, cut.node.call):
            if call.key in self._watched:
                break
            found = call
        return found

    @cached_property
    def _watched(self) -> set[tuple[str, int]]:
        """The calls during which autograd watched some op."""
        found: set[tuple[str, int]] = set()
        for node in self.topology.ops():
            if node.autograd == "off":
                continue
            for call in query.calls_around(self.topology, node.module, node.call):
                if call.key in found:
                    break
                found.add(call.key)
        return found

    @cached_property
    def _updated(self) -> set[str]:
        """The nodes whose memory some op writes into, through views of it too."""
        found: set[str] = set()
        for node in reversed(self.topology.ops()):
            if node.inputs and (query.is_in_place(node) or node.name in found):
                found.add(node.inputs[0])
        return found

    def _is_written(self, gradient: Gradient) -> bool:
        """Return whether the model writes a parameter itself, in this run or in a method of its class."""
        if gradient.param.name in self._updated:
            return True
        holder = self.topology.modules.get(gradient.param.module)
        owner = holder and (holder if not holder.kind.startswith("torch.") else running_class(self.topology, holder))
        name = gradient.param.label.rpartition(".")[2]
        return owner is not None and is_reassigned(self.model, owner, name)

    def has_trained_twin(self, loss: Loss) -> bool:
        """Return whether a module beside the one that loses its gradient has the same parameters, and gets theirs.

        One that reads what the first makes comes behind it, and is no twin.
        """
        module = self.topology.modules.get(loss.module)
        parent = self.topology.parent(module) if module is not None else None
        if module is None or parent is None:
            return False
        siblings = (self.topology.modules[path] for path in parent.children if path != module.path)
        own = self._shapes(module)
        twins = [each for each in siblings if self._shapes(each) == own and self._is_trained(each)]
        return bool(twins) and not all(self._feeds(module, twin) for twin in twins)

    def _feeds(self, module: Module, other: Module) -> bool:
        """Return whether anything in another module comes of what a module makes."""
        inside, there = self._paths_below(module), self._paths_below(other)
        made = [node for node in self.topology.ops() if node.module in inside]
        return any(node.module in there for node in query.reachable(made, self.topology.consumers).values())

    def _paths_below(self, module: Module) -> set[str]:
        return {module.path, *(each.path for each in self.topology.descendants(module))}

    def _shapes(self, module: Module) -> tuple[tuple[str, object], ...]:
        if module.path not in self._shapes_by_path:
            self._shapes_by_path[module.path] = query.shapes_below(self.topology, module)
        return self._shapes_by_path[module.path]

    def _is_trained(self, module: Module) -> bool:
        return any(f"{module.path}.{name}" in self._reached for name, _ in self._shapes(module))

    @cached_property
    def _shapes_by_path(self) -> dict[str, tuple[tuple[str, object], ...]]:
        return {}

    @cached_property
    def _reached(self) -> set[str]:
        return {gradient.param.label for gradient in self.topology.gradients if gradient.reaches}

    def values(self, loss: Loss) -> int:
        """Return how many numbers the parameters hold that lose their gradient."""
        return sum(self._numel.get(path, 0) for path in loss.params)

    @cached_property
    def _numel(self) -> dict[str, int]:
        return {param.path: param.numel for param in self.topology.params}
