"""`visunn.lock`: the outlines of a project's models, a line for each module, so that a change reads as one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path  # noqa: TC003 -- importable with the rest, as msgspec reads annotations
from typing import TYPE_CHECKING, Any, Final

import msgspec

from visunn_lint.errors import ConfigError
from visunn_lint.files import write_whole
from visunn_lint.outline import Entry, Outline

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

VERSION: Final = 1
NAME: Final = "visunn.lock"


class _Lock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    models: dict[str, Outline]


def read_lock(file: Path) -> dict[str, Outline]:
    """Return the outlines in a lock file by the names of their models.

    Raises ConfigError for a file that is none, or of a version that this release does not know.
    """
    try:
        lock = msgspec.json.decode(file.read_bytes(), type=_Lock)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        message = f"{file} is no lock file: {error}"
        raise ConfigError(message, hint="run `visunn lock` to write it anew") from error
    except OSError as error:
        message = f"cannot read {file}: {error.strerror}"
        raise ConfigError(message, hint="run `visunn lock` to write it") from error
    if lock.version != VERSION:
        message = f"{file} is of version {lock.version}, this release reads {VERSION}"
        raise ConfigError(message, hint="run `visunn lock` to write it anew")
    return {name: _as_made(model) for name, model in lock.models.items()}


def _as_made(model: Outline) -> Outline:
    """Return a decoded outline with tuples for the lists in the arguments: JSON has no tuples."""
    modules = {
        path: replace(entry, arguments={name: _tuples(value) for name, value in entry.arguments.items()})
        for path, entry in model.modules.items()
    }
    return replace(model, modules=modules)


def _tuples(value: object) -> Any:  # noqa: ANN401 -- Plain, whose inner values have no type
    return tuple(map(_tuples, value)) if isinstance(value, list | tuple) else value


def write_lock(file: Path, models: Mapping[str, Outline]) -> None:
    """Write a lock file, whole or not at all; raises ConfigError if there is no room for it."""
    try:
        write_whole(file, lock_text(models).encode())
    except OSError as error:
        message = f"cannot write {file}: {error.strerror}"
        raise ConfigError(message, hint="see who may write there") from error


def lock_text(models: Mapping[str, Outline]) -> str:
    """Return the text of a lock file; models in the order of their names, so that equal models give equal bytes."""
    return "\n".join(_lines(models)) + "\n"


def _lines(models: Mapping[str, Outline]) -> Iterator[str]:
    yield "{"
    yield f'"version": {VERSION},'
    yield '"models": {'
    for name, end in _with_commas(sorted(models)):
        model = models[name]
        yield f"{_json(name)}: {{"
        yield f'"inputs": {_json(model.inputs)},'
        yield f'"parameters": {model.parameters},'
        yield from _table("modules", model.modules, ",")
        yield from _table("feeds", model.feeds, "")
        yield f"}}{end}"
    yield "}"
    yield "}"


def _table(name: str, rows: Mapping[str, object], end: str) -> Iterator[str]:
    yield f'"{name}": {{'
    for key, comma in _with_commas(list(rows)):
        yield f"  {_json(key)}: {_json(rows[key])}{comma}"
    yield f"}}{end}"


def _with_commas(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield names with the comma that JSON wants behind each but the last."""
    last = len(names) - 1
    yield from ((name, "," if place < last else "") for place, name in enumerate(names))


def _json(value: object) -> str:
    """Return a value as JSON on one line, with spaces as a person sets them and without what is empty."""
    if isinstance(value, Entry):
        value = {key: each for key, each in msgspec.to_builtins(value).items() if each not in ({}, [], ())}
    return msgspec.json.format(msgspec.json.encode(value), indent=0).decode()
