"""Which line of the user's built each module, recorded while the model is built."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from os import sep
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import ref

from torch import nn
from torch.nn.modules.module import register_module_module_registration_hook

from visunn_lint.location import Location
from visunn_lint.pipeline import frames
from visunn_lint.pipeline.targets.outline import outline

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import FrameType


_VISUNN = str(Path(__file__).parents[1]) + sep
_REGISTERING = frozenset({"add_module", "register_module", "__setattr__"})


@contextmanager
def recorded_sources() -> Iterator[Mapping[int, Location]]:
    """Record the source line of every module that is built while the context lasts, by ``id(module)``.

    A module that a line of the user's registers (``self.fc = …``, ``add_module``) has that line.
    One that torch registers, as the items of a Sequential, or that nobody does, has the line of
    its own constructor's call, so that each item of a long list has its own. One that visunn
    itself builds has the line of its class.
    """
    record = _Record()
    construct = nn.Module.__init__

    def construct_and_record(self: nn.Module, *args: object, **kwargs: object) -> None:
        construct(self, *args, **kwargs)
        record.construction(self)

    handle = register_module_module_registration_hook(record.assignment)
    nn.Module.__init__ = construct_and_record  # type: ignore[method-assign]
    try:
        yield record.places
    finally:
        nn.Module.__init__ = construct  # type: ignore[method-assign]
        handle.remove()


class _Record:
    """The places of living modules: an id may be given anew once its module is gone."""

    def __init__(self) -> None:
        self.places: dict[int, Location] = {}
        self._living: dict[int, ref[nn.Module]] = {}
        self._assigned: set[int] = set()

    def construction(self, module: nn.Module) -> None:
        """Take note of the line that calls a module's class."""
        key = id(module)
        self._living[key] = ref(module, lambda _: self._forget(key))
        frame = _constructing_frame(module, sys._getframe(2))  # noqa: SLF001 -- without building a stack
        place = frames.location_of(frame) if frame is not None else _class_line(type(module))
        if place is not None:
            self.places[key] = place

    def assignment(self, _owner: nn.Module, _name: str, module: nn.Module | None) -> None:
        """Take note of the line that registers a module for the first time; a registration hook."""
        if module is None or id(module) in self._assigned or id(module) not in self._living:
            return
        self._assigned.add(id(module))
        frame = _registering_frame(sys._getframe(1))  # noqa: SLF001 -- without building a stack
        if frame is not None:
            self.places[id(module)] = frames.location_of(frame)

    def _forget(self, key: int) -> None:
        self.places.pop(key, None)
        self._living.pop(key, None)
        self._assigned.discard(key)


def _registering_frame(frame: FrameType | None) -> FrameType | None:
    """Return the frame that registers a module itself; None if a container of torch's does."""
    while frame is not None and frame.f_code.co_name in _REGISTERING:
        frame = frame.f_back
    return None if frame is None or frames.is_machinery(frame.f_code.co_filename) else frame


def _constructing_frame(module: nn.Module, frame: FrameType | None) -> FrameType | None:
    """Return the innermost frame that calls a module's class, past the constructors of the module itself.

    None if that is visunn.
    """
    while frame is not None and not frame.f_code.co_filename.startswith(_VISUNN):
        if not frames.is_machinery(frame.f_code.co_filename) and not _is_method_of(module, frame):
            return frame
        frame = frame.f_back
    return None


def _class_line(cls: type) -> Location | None:
    """Return the head of a class that stands at the top level of its file."""
    file = getattr(sys.modules.get(cls.__module__), "__file__", None) or ""
    found = outline(file)
    node = found.classes.get(cls.__qualname__) if found is not None else None
    return Location(file, node.lineno, node.col_offset + 1) if node is not None else None


def _is_method_of(module: nn.Module, frame: FrameType) -> bool:
    code = frame.f_code
    return code.co_argcount > 0 and frame.f_locals.get(code.co_varnames[0]) is module
