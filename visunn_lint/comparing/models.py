"""The comparison of the models of two sides."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from visunn_lint.comparing.outlines import Options, Outlined, by_attribute, outlines_of
from visunn_lint.diff import Comparison, compare
from visunn_lint.errors import TargetError, VisunnError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from visunn_lint.comparing.sides import Side
    from visunn_lint.outline import Outline


def compare_sides(before: Side, after: Side, options: Options) -> list[Comparison]:
    """Return what changed between two sides: their only models, else those of one name.

    Two folders have a name in common where a file of one path holds a model of one attribute, a folder and a file where
    the attribute is the same.

    A model whose inputs would be guessed is run with those of its counterpart, if that declares any. Raises TargetError
    if a model has no counterpart, and VisunnError if one cannot be captured.
    """
    found, others = _named_alike(outlines_of(before, options), outlines_of(after, options))
    ran, others_ran = _run_alike(before, found, others, options), _run_alike(after, others, found, options)
    old, new = map(_outlines, _named_alike(ran, others_ran))
    if len(old) == len(new) == 1:
        return [_comparison(before, next(iter(old.values())), after, next(iter(new.values())))]
    if len(old) == 1 or len(new) == 1:
        common = [name for name in old if name in new]
    else:
        _check_names(before, old, new)
        _check_names(after, new, old)
        common = sorted(old)
    if not common:
        message = f"{before.text} has {_listed(old)}, {after.text} has {_listed(new)}: no two of one name"
        raise TargetError(message, hint="name the models, as in model.py::Net")
    return [Comparison((_shown(before, name), _shown(after, name)), compare(old[name], new[name])) for name in common]


def _named_alike(
    models: dict[str, Outlined], others: dict[str, Outlined]
) -> tuple[dict[str, Outlined], dict[str, Outlined]]:
    """Return both sides with their models by attribute if one of them alone names files."""
    if _has_files(models) == _has_files(others):
        return models, others
    return by_attribute(models), by_attribute(others)


def _has_files(models: Iterable[str]) -> bool:
    return any("::" in name for name in models)


def _shown(side: Side, name: str) -> str:
    """Return the name of one model of a side: in a folder a file of it goes before the attribute."""
    is_in_folder = side.lock is None and "::" in name
    return f"{side.text.rstrip('/')}/{name}" if is_in_folder else f"{side.text}::{name}"


def _run_alike(
    side: Side, models: dict[str, Outlined], others: dict[str, Outlined], options: Options
) -> dict[str, Outlined]:
    """Return the models of a side, run with the inputs of their counterparts where only these declare theirs.

    Where a model does not take them, they are as they were.
    """
    are_alone = len(models) == len(others) == 1
    pairs = zip(models, others, strict=True) if are_alone else ((name, name) for name in models if name in others)
    given = {
        name: others[other].outline.inputs
        for name, other in pairs
        if models[name].is_guessed and not others[other].is_guessed
    }
    inputs = [f"{models[name].full_name}:{spec}" for name, spec in given.items() if spec]
    if not inputs:
        return models
    try:
        return outlines_of(side, replace(options, inputs=tuple(inputs)))
    except VisunnError:
        return models


def _outlines(models: dict[str, Outlined]) -> dict[str, Outline]:
    return {name: model.outline for name, model in models.items()}


def _comparison(before: Side, old: Outline, after: Side, new: Outline) -> Comparison:
    return Comparison((before.text, after.text), compare(old, new))


def _check_names(here: Side, models: dict[str, Outline], others: dict[str, Outline]) -> None:
    alone = [name for name in models if name not in others]
    if alone:
        message = f"{here.text} alone has {', '.join(alone)}"
        raise TargetError(message, hint="name the two models to compare, as in model.py::Net")


def _listed(models: dict[str, Outline]) -> str:
    return ", ".join(sorted(models)) or "no model"
