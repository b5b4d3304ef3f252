"""Which of the models in one file are linted: those that are no parts of another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from torch.nn.parameter import is_lazy

from visunn_lint.pipeline.building.builder import Built, NotAModelError
from visunn_lint.pipeline.engines.native.constructors import kept_arguments
from visunn_lint.pipeline.engines.native.survey import survey

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from torch import Tensor, nn

    from visunn_lint.errors import TargetError
    from visunn_lint.pipeline.targets.candidates import Candidate


@dataclass(frozen=True, slots=True)
class NotBuilt:
    """A candidate that could not be built, and why."""

    candidate: Candidate
    error: TargetError


Attempt: TypeAlias = Built | NotBuilt


def without_parts(attempts: Sequence[Attempt]) -> list[Attempt]:
    """Return what is to be linted, in the same order.

    A class that another model is made of, or that a module-level or marked object is an instance
    of, is left out; so is a class or factory that makes the same model again, and a function
    that only by its name seemed to be a factory.
    """
    parts = set(_parts(attempts))
    whole = [attempt for attempt in attempts if not _is_part(attempt, parts)]
    return _each_once(attempt for attempt in whole or attempts if not _is_mistaken(attempt))


def _parts(attempts: Iterable[Attempt]) -> Iterable[str]:
    """Yield the names of the classes that models are made of."""
    for attempt in attempts:
        if isinstance(attempt, NotBuilt):
            continue
        is_given = attempt.candidate.mark is not None or attempt.candidate.kind == "instance"
        for module in survey(attempt.model).all.values():
            if type(module) is not type(attempt.model) or (is_given and module is attempt.model):
                yield _class_name(module)


def _is_part(attempt: Attempt, parts: set[str]) -> bool:
    candidate = attempt.candidate
    return candidate.kind == "class" and candidate.mark is None and candidate.class_name in parts


def _is_mistaken(attempt: Attempt) -> bool:
    is_other = isinstance(attempt, NotBuilt) and isinstance(attempt.error, NotAModelError)
    return is_other and not attempt.candidate.is_sure


def _each_once(attempts: Iterable[Attempt]) -> list[Attempt]:
    seen: set[tuple[str, ...]] = set()
    found: list[Attempt] = []
    for attempt in attempts:
        likeness = _likeness(attempt.model) if isinstance(attempt, Built) else (attempt.candidate.name,)
        if likeness not in seen or attempt.candidate.mark is not None:
            found.append(attempt)
        seen.add(likeness)
    return found


def _likeness(model: nn.Module) -> tuple[str, ...]:
    modules = (
        f"{name} {_class_name(module)} {kept_arguments(module).values}" for name, module in model.named_modules()
    )
    tensors = (f"{name} {_shape(tensor)}" for name, tensor in model.named_parameters())
    return (*modules, *tensors)


def _shape(tensor: Tensor) -> str:
    return "not yet" if is_lazy(tensor) else str(tuple(tensor.shape))


def _class_name(module: nn.Module) -> str:
    return f"{type(module).__module__}.{type(module).__qualname__}"
