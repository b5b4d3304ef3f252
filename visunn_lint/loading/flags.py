"""The values of ``--input``, handed to the models that they are meant for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from visunn_lint.errors import InputError
from visunn_lint.spec import InputSpec, split_arguments

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ADDRESSED = re.compile(r"(?!b(\s*[x×]\s*\d+)*\s*:|scalar:)([^=,:]+::[^=,:]+|[^\W\d][^=,:]*):")


def inputs_by_model(
    inputs: Sequence[str], names: Mapping[str, Sequence[str]], *, is_all: bool = True
) -> dict[str, InputSpec]:
    """Return the inputs of each model by its name; ``names`` are the ways to say which one is meant.

    ``Net:2x3x32x32`` is for the model ``Net`` alone, and where there are several models all are to
    be named. Raises InputError if one is not, for what cannot be read, and, if these are all the
    models that there are, for the name of another.
    """
    texts: dict[str, list[str]] = {}
    for text in inputs:
        model, spec = _addressee(text, names)
        if model:
            texts.setdefault(model, []).extend(split_arguments(spec))
        elif is_all:
            raise _unclear(text, [spellings[-1] for spellings in names.values()])
    return {model: InputSpec.parse_all(tuple(parts)) for model, parts in texts.items()}


def check_addresses(inputs: Sequence[str]) -> None:
    """Raise InputError for an input that does not say which model it is for."""
    for text in inputs:
        if not _ADDRESSED.match(text):
            raise _unclear(text, ["Net"])


def _addressee(text: str, names: Mapping[str, Sequence[str]]) -> tuple[str, str]:
    """Return the model that an input is for, "" if that is none of these, and what it says."""
    for model, spellings in names.items():
        for spelling in spellings:
            if text.startswith(f"{spelling}:"):
                return model, text[len(spelling) + 1 :]
    is_only = len(names) == 1 and not _ADDRESSED.match(text)
    return next(iter(names)) if is_only else "", text


def _unclear(text: str, names: Sequence[str]) -> InputError:
    if _ADDRESSED.match(text):
        message = f"--input {text!r} is for a model that is not there"
        return InputError(message, hint=f"there is {', '.join(f'`{name}`' for name in names)}")
    message = f"--input {text!r} does not say which model it is for"
    return InputError(message, hint=f"there are several: write it like --input '{names[0]}:{text}'")
