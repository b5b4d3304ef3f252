"""The modules of a model as a document lists them: the root first, each before those in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visunn_lint.document import wording
from visunn_lint.document.records import Module, Tensor
from visunn_lint.records import Module as CapturedModule
from visunn_lint.tree import places
from visunn_lint.tree.kinds import describe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from visunn_lint.document.tables import Files
    from visunn_lint.records import Param
    from visunn_lint.topology import Topology


class Modules:
    """The modules, by number: their ``paths``, their own and of all in them ``parameters``, and the ``table``."""

    def __init__(self, topology: Topology, files: Files) -> None:
        self._modules = topology.modules
        self._files = files
        home = places.homes(topology.modules)
        below = places.by_home(home)
        self.paths = tuple(_walk(below))
        self._numbers = {path: number for number, path in enumerate(self.paths)}
        self.parameters = {
            path: sum(param.numel for param in params)
            for path, params in places.params_below(topology.modules, home).items()
        }
        self.table = tuple(self._module(path, home.get(path)) for path in self.paths)
        for module in topology.modules.values():
            for alias in module.aliases:
                self._numbers.setdefault(alias, self._numbers[module.path])

    def of(self, path: str) -> int:
        """Return the number of a module by any of its paths, -1 if there is none."""
        return self._numbers.get(path, -1)

    def _module(self, path: str, home: str | None) -> Module:
        module = self._modules.get(path) or CapturedModule(path, "")
        tensors = (
            *(_tensor(each, is_buffer=False) for each in module.params),
            *(_tensor(each, is_buffer=True) for each in module.buffers),
        )
        return Module(
            path=wording.name(path),
            kind=wording.name(module.kind),
            parent=-1 if home is None else self._numbers[home],
            details=wording.name(describe(module)[1]),
            aliases=tuple(map(wording.name, module.aliases)),
            tensors=tensors,
            settings={
                wording.name(name): wording.value(value)
                for name, value in module.hyperparameters.items()
                if name not in module.at_default
            },
            parameters=self.parameters.get(path, 0),
            calls=len(module.calls),
            is_registered=module.registered,
            source=self._files.place(module.source),
        )


def _walk(below: Mapping[str, list[str]]) -> Iterator[str]:
    """Yield the paths depth first."""
    stack = [""]
    while stack:
        path = stack.pop()
        yield path
        stack.extend(reversed(below[path]))


def _tensor(param: Param, *, is_buffer: bool) -> Tensor:
    return Tensor(
        name=wording.name(param.name),
        shape=param.shape,
        dtype=wording.name(param.dtype),
        buffer=is_buffer,
        trainable=param.requires_grad,
        shared_with=tuple(map(wording.name, param.shared_with)),
    )
