"""Where settings are written: configuration files, the environment, TOML on the command line."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias, get_type_hints

import msgspec

from visunn_lint.config.decoding import BadKeyError, KeyPath, decode_settings
from visunn_lint.config.settings import SETTINGS_KEYS, Settings, Table
from visunn_lint.errors import ConfigError
from visunn_lint.location import is_file, shown_path

Check: TypeAlias = Callable[[Settings], None]
"""Raises BadKeyError for settings that name what there is not."""

_PROJECT_MARKS = ("pyproject.toml", "setup.cfg", "setup.py", ".git")


@dataclass(frozen=True, slots=True)
class Source:
    """A table of settings, where it was read, and the text that it was read from."""

    table: Table
    origin: str
    text: str = ""
    folder: Path = field(default_factory=Path.cwd)
    """What its paths are relative to."""

    def checked(self, check: Check) -> Table:
        """Return the table; raises ConfigError, with origin and line, for an unknown key or a wrong value.

        ``check`` raises BadKeyError for what only others know to be wrong.
        """
        try:
            check(decode_settings(self.table))
        except BadKeyError as problem:
            where = self.place(problem.path)
            msg = f"{where}: {problem.message}" if where else problem.message
            raise ConfigError(msg, hint=problem.hint) from None
        paths = {key: self.table[key] for key in ("baseline", "cache-dir") if self.table.get(key)}
        return {**self.table, **{key: str(self.folder.absolute() / str(path)) for key, path in paths.items()}}

    def place(self, path: KeyPath) -> str:
        """Return where a key was read, with its line if that is known."""
        line = _line_of(self.text, path)
        return f"{self.origin}:{line}" if line else self.origin


@dataclass(frozen=True, slots=True)
class Project:
    """A project's root, to which reported paths are relative, and the files that configure it."""

    root: Path
    files: tuple[Path, ...] = ()


def find_project(start: Path, config: Sequence[str] = (), *, isolated: bool = False) -> Project:
    """Return the project that ``start`` lies in, its files those that ``config`` names or else its own.

    Raises ConfigError when one on the way cannot be read.
    """
    named = tuple(Path(text) for text in config if not is_inline(text))
    if named:
        return Project(find_root(Path.cwd()), named)
    found = None if isolated else find_config(start)
    return Project(find_root(start)) if found is None else Project(found.parent, (found,))


def find_config(start: Path) -> Path | None:
    """Return the nearest configuration from ``start`` upward.

    That is a visunn.toml, or a pyproject.toml with ``[tool.visunn]``. Raises ConfigError when one
    on the way cannot be read.
    """
    for folder in _folders_upward(start):
        own, shared = folder / "visunn.toml", folder / "pyproject.toml"
        if own.is_file():
            return own
        if shared.is_file() and "visunn" in _tools(_parse(_read(shared), shared)):
            return shared
    return None


def find_root(start: Path) -> Path:
    """Return the project that ``start`` lies in: the nearest folder marked as one, else its own."""
    folders = list(_folders_upward(start))
    return next((folder for folder in folders if any((folder / mark).exists() for mark in _PROJECT_MARKS)), folders[0])


def read_file(path: Path) -> Source:
    """Return what a configuration file says; of a pyproject.toml only ``[tool.visunn]``."""
    text = _read(path)
    table = _parse(text, path)
    if path.name == "pyproject.toml":
        own = _tools(table).get("visunn", {})
        table = own if isinstance(own, dict) else {}
    return Source(table, shown_path(path), text, path.parent)


def read_inline(text: str) -> Source:
    """Return what a piece of TOML says that was given as ``--config``."""
    try:
        return Source(tomllib.loads(text), "--config")
    except ValueError as error:  # TOMLDecodeError is one, and a number of too many digits is another
        hint = "write it like --config 'rules.unexpected-module.deny = [\"BatchNorm*\"]'"
        msg = f"--config {text!r} is neither a file nor TOML: {error}"
        raise ConfigError(msg, hint=hint) from None


def is_inline(text: str) -> bool:
    """Return whether a value of ``--config`` is TOML and not the name of a file."""
    return "=" in text and not is_file(text)


def read_environment(environ: Mapping[str, str]) -> list[Source]:
    """Return a source for each variable such as ``VISUNN_FAIL_ON``; lists are split at commas."""
    hints = get_type_hints(Settings)
    found: list[Source] = []
    for key, name in SETTINGS_KEYS.items():
        variable = f"VISUNN_{name.upper()}"
        text = environ.get(variable)
        if text is not None and key not in {"rules", "models", "per-module-ignores"}:
            found.append(Source({key: _from_variable(text, hints[name])}, variable))
    return found


def _from_variable(text: str, kind: type) -> object:
    if kind is bool:
        return _as_bool(text)
    if kind == tuple[str, ...]:
        return [part.strip() for part in text.split(",") if part.strip()]
    return text


def _as_bool(text: str) -> object:
    try:
        return msgspec.convert(text, bool, strict=False)
    except msgspec.ValidationError:
        return text


def _folders_upward(start: Path) -> Iterator[Path]:
    place = start.absolute()
    if place.is_dir():
        yield place
    yield from place.parents


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        msg = f"cannot read {shown_path(path)}: {error.strerror}"
        raise ConfigError(msg, hint="give --config a file or TOML") from None
    except UnicodeDecodeError as error:
        msg = f"{shown_path(path)} is not UTF-8: {error.reason} at byte {error.start}"
        raise ConfigError(msg) from None


def _parse(text: str, path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except ValueError as error:  # TOMLDecodeError is one, and a number of too many digits is another
        problem, line = _split_position(str(error))
        msg = f"{shown_path(path)}{line}: {problem}"
        raise ConfigError(msg, hint="this file is not valid TOML") from None


def _split_position(problem: str) -> tuple[str, str]:
    """Return a TOML error without its position, and ``:line`` where it names one."""
    match = re.search(r" \(at line (\d+), column \d+\)$", problem)
    return (problem[: match.start()], f":{match[1]}") if match else (problem, "")


def _tools(table: Table) -> Table:
    tools = table.get("tool", {})
    return tools if isinstance(tools, dict) else {}


def _line_of(text: str, path: KeyPath) -> int:
    """Return the line that most likely holds a key, 0 if none does.

    TOML keeps no positions: this is the first mention of the last key behind mentions, in order,
    of the keys that lead to it.
    """
    text = re.sub(r"^[ \t]*#.*", "", text, flags=re.MULTILINE)
    offset = max(text.find("tool.visunn"), 0)
    for key in path:
        match = re.compile(rf"(?<![\w-]){re.escape(key)}(?![\w-])").search(text, offset)
        if match is None:
            return 0
        offset = match.start()
    return text.count("\n", 0, offset) + 1
