"""Every setting with its value, and where that was said."""

from __future__ import annotations

import os
from dataclasses import MISSING, Field, dataclass, fields
from enum import Enum
from typing import TYPE_CHECKING, Any

from visunn_lint.config.merging import merged_table, read_sources
from visunn_lint.config.settings import SETTINGS_KEYS, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from visunn_lint.config.decoding import KeyPath
    from visunn_lint.config.merging import Sources
    from visunn_lint.config.settings import Table

_DEPTHS = {"rules": 3, "models": 3, "per-module-ignores": 2}
"""How many keys lead to a value, where it is not one."""


@dataclass(frozen=True, slots=True)
class Explained:
    """A setting: the keys that lead to it, its value as TOML has it (None: not set), and where that was said."""

    path: KeyPath
    value: object
    origin: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """The root of a project, and all settings that hold there: first those that every project has."""

    root: Path
    settings: tuple[Explained, ...]


def explain_settings(
    start: Path,
    *,
    rules: Mapping[str, type],
    config: Sequence[str] = (),
    flags: Table | None = None,
    environ: Mapping[str, str] = os.environ,
    isolated: bool = False,
) -> Explanation:
    """Return all settings for what lies at ``start``, the options of ``rules`` by name included.

    The other arguments are those of ``load_settings``, which has checked them.
    """
    sources = read_sources(start, config=config, flags=flags, environ=environ, isolated=isolated)
    said = dict(_values(merged_table(sources), ()))
    known = [Explained(path, _plain(value), "default") for path, value in _defaults(rules)]
    found = [Explained(path, value, _origin(path, sources)) for path, value in said.items()]
    settings = {each.path: each for each in (*known, *found)}
    return Explanation(sources.root, tuple(settings.values()))


def _defaults(rules: Mapping[str, type]) -> Iterator[tuple[KeyPath, object]]:
    """Yield the keys and the default of each setting that always has a value, and of each option of a rule."""
    by_name = {each.name: each for each in fields(Settings)}
    for key, name in SETTINGS_KEYS.items():
        if key not in _DEPTHS:
            yield (key,), _default(by_name[name])
    for rule, rule_type in rules.items():
        for option in fields(rule_type):
            yield ("rules", rule, option.name.replace("_", "-")), _default(option)


def _default(each: Field[Any]) -> object:
    return each.default_factory() if each.default_factory is not MISSING else each.default


def _plain(value: object) -> object:
    """Return a default as TOML has it."""
    if isinstance(value, Enum):
        return value.value
    return list(value) if isinstance(value, tuple) else value


def _values(table: Table, above: KeyPath) -> Iterator[tuple[KeyPath, object]]:
    """Yield the keys that lead to each value of a table, and the value, which may be a table itself."""
    for key, value in table.items():
        path = (*above, key)
        depth = _DEPTHS.get(path[0], 1)
        is_of_model = path[0] == "models" and path[2:3] == ("rules",)
        if isinstance(value, dict) and len(path) < (depth + 2 if is_of_model else depth):
            yield from _values(value, path)
        else:
            yield path, value


def _origin(path: KeyPath, sources: Sources) -> str:
    """Return where a value was said: by the last source that has it, by all of them where they add up."""
    spoken = [
        (source, key)
        for source in (*sources.project, *sources.run)
        for key in ([path, path[2:]] if path[2:3] == ("rules",) and source in sources.run else [path])
        if _holds(source.table, key)
    ]
    places = [source.place(key) or "command line" for source, key in spoken]
    return ", ".join(places) if path[0].startswith("extend-") else places[-1]


def _holds(table: object, path: KeyPath) -> bool:
    for key in path:
        if not isinstance(table, dict) or key not in table:
            return False
        table = table[key]
    return True
