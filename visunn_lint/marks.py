"""The decorator that marks what to lint in a file; it needs no torch."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar, overload

from visunn_lint.errors import ConfigError
from visunn_lint.spec import InputSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import ModuleType

    from visunn_lint.records import Mode

T = TypeVar("T")

_MARKS = "__visunn_marks__"
"""The global of the marking file that lists its marks: no marked object is touched, none is kept alive elsewhere."""


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """A class, factory or instance to lint, and how: ``None`` means not said.

    ``inputs`` and ``kwargs`` are the arguments of ``forward``: specs, and values that it gets as
    they are. ``modes`` are the modes to capture, ``shapes`` shape expressions by globs of module
    paths, ``loss`` is what its outputs go to.
    """

    target: object
    name: str = ""
    inputs: InputSpec | None = None
    kwargs: Mapping[str, object] = field(default_factory=dict)
    modes: tuple[Mode, ...] | None = None
    shapes: Mapping[str, str] | None = None
    loss: str = ""


@overload
def model(target: T, /) -> T: ...
@overload
def model(
    *,
    inputs: object = None,
    name: str = "",
    kwargs: Mapping[str, object] | None = None,
    modes: Sequence[Mode] | None = None,
    shapes: Mapping[str, str] | None = None,
    loss: str = "",
) -> Callable[[T], T]: ...
def model(
    *targets: T,
    inputs: object = None,
    name: str = "",
    kwargs: Mapping[str, object] | None = None,
    modes: Sequence[Mode] | None = None,
    shapes: Mapping[str, str] | None = None,
    loss: str = "",
) -> T | Callable[[T], T]:
    """Return the class, factory or instance unchanged, marked as a model to lint in this file.

    Use it bare (``@visunn_lint.model``), with arguments
    (``@visunn_lint.model(inputs="b x 3 x 32 x 32")``), or on an instance
    (``net = visunn_lint.model(inputs="2x16")(Net(16))``). ``inputs`` takes every spelling of
    InputSpec, ``kwargs`` are values that ``forward`` gets as they are, ``name`` is what findings
    call the model, ``modes`` are the modes to capture, ``shapes`` is the contract that rule VIS214
    holds it to (``{"fc": "b 512 -> b 10"}``), ``loss`` is the loss that its outputs go to
    (``"cross_entropy"``, ``"BCEWithLogitsLoss"``). Raises InputError or ConfigError for what
    cannot be read.
    """
    namespace = sys._getframe(1).f_globals  # noqa: SLF001 -- the file that marks is the file that is linted
    spec = None if inputs is None else InputSpec.parse(inputs)
    _check_modes(modes)

    def mark(target: T) -> T:
        made = Mark(target, name, spec, kwargs or {}, tuple(modes) if modes else None, shapes, loss)
        namespace.setdefault(_MARKS, []).append(made)
        return target

    return mark(*targets) if targets else mark


def marks_in(module: ModuleType) -> tuple[Mark, ...]:
    """Return the marks made in a module, in the order of the file."""
    return tuple(vars(module).get(_MARKS, ()))


def mark_of(target: object, module: ModuleType | None) -> Mark | None:
    """Return the mark that a module put on an object, the last one if there are several."""
    marks = marks_in(module) if module is not None else ()
    return next((mark for mark in reversed(marks) if mark.target is target), None)


def _check_modes(modes: Sequence[Mode] | None) -> None:
    for mode in modes or ():
        if mode not in {"eval", "train"}:
            message = f"no such mode: {mode!r}"
            raise ConfigError(message, hint='modes are "eval" and "train"')
