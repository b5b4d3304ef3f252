"""The values of ``--input``, handed to the models that they are meant for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visunn_lint.errors import InputError
from visunn_lint.spec import InputSpec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def inputs_by_model(inputs: Sequence[str], names: Mapping[str, Sequence[str]]) -> dict[str, InputSpec]:
    """Return the inputs of each model by its name; ``names`` are the ways to say which one is meant.

    ``Net:2x3x32x32`` is for the model ``Net`` alone, and where there are several models all are to
    be named. Raises InputError if one is not, or for what cannot be read.
    """
    texts: dict[str, list[str]] = {}
    for text in inputs:
        model, spec = _addressed(text, names)
        texts.setdefault(model, []).extend(spec.split(","))
    return {model: InputSpec.parse_all(tuple(parts)) for model, parts in texts.items()}


def _addressed(text: str, names: Mapping[str, Sequence[str]]) -> tuple[str, str]:
    for model, spellings in names.items():
        for spelling in spellings:
            if text.startswith(f"{spelling}:"):
                return model, text[len(spelling) + 1 :]
    if len(names) == 1:
        return next(iter(names)), text
    known = list(names)
    message = f"--input {text!r} does not say which of {len(known)} models it is for"
    raise InputError(message, hint=f"write it like --input '{names[known[0]][-1]}:{text}'")
