"""All sources of settings laid over each other: flag > environment > model > project > default."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from visunn_lint.config.decoding import decode_settings
from visunn_lint.config.settings import Settings, Table
from visunn_lint.config.sources import (
    Check,
    Source,
    find_project,
    is_inline,
    read_environment,
    read_file,
    read_inline,
)


def _no_check(_: Settings) -> None:
    """Find nothing wrong."""


def load_settings(
    start: Path,
    *,
    config: Sequence[str] = (),
    flags: Table | None = None,
    environ: Mapping[str, str] = os.environ,
    isolated: bool = False,
    check: Check = _no_check,
) -> Settings:
    """Return the settings for what lies at ``start``, a file or a folder.

    ``config`` holds the values of ``--config``: a file stands in for the project's own, TOML goes
    over it. ``flags`` is what the other options of the command line say, by key. ``isolated``
    reads no project file. ``check`` raises BadKeyError for what only others know to be wrong.
    Raises ConfigError with source, line and key.
    """
    sources = read_sources(start, config=config, flags=flags, environ=environ, isolated=isolated)
    settings = decode_settings(merged_table(sources, check))
    return replace(settings, root=sources.root)


@dataclass(frozen=True, slots=True)
class Sources:
    """All that says something: files of the project, then what holds for this run, in the order of precedence."""

    project: Sequence[Source]
    run: Sequence[Source]
    root: Path


def read_sources(
    start: Path, *, config: Sequence[str], flags: Table | None, environ: Mapping[str, str], isolated: bool
) -> Sources:
    """Return the sources of settings for what lies at ``start``; see ``load_settings``."""
    project = find_project(start, config, isolated=isolated)
    run = [
        *read_environment(environ),
        *(read_inline(text) for text in config if is_inline(text)),
        Source(flags or {}, ""),
    ]
    return Sources([read_file(path) for path in project.files], run, project.root)


def merged_table(sources: Sources, check: Check = _no_check) -> Table:
    """Return every source as one table, the later ones over the earlier ones."""
    merged: Table = {}
    for source in sources.project:
        merged = _lay_over(merged, source.checked(check))
    for source in sources.run:
        merged = _over_models(_lay_over(merged, source.checked(check)), source.table)
    return merged


def _lay_over(below: Table, above: Table) -> Table:
    """Return two layers as one: ``extend-`` adds to what is below, ``select`` starts afresh."""
    merged = {key: value for key, value in below.items() if not (key == "extend-select" and "select" in above)}
    for key, value in above.items():
        under = merged.get(key)
        if key.startswith("extend-") and isinstance(under, list) and isinstance(value, list):
            merged[key] = [*under, *value]
        else:
            merged[key] = _merge(under, value)
    return merged


def _merge(under: object, over: object) -> object:
    """Return ``over``, or both where both are tables."""
    if isinstance(under, dict) and isinstance(over, dict):
        return {**under, **{key: _merge(under.get(key), value) for key, value in over.items()}}
    return over


def _over_models(merged: Table, above: Table) -> Table:
    """Return the table with the rule options of a layer laid over those of every model, too."""
    models = merged.get("models")
    if "rules" not in above or not isinstance(models, dict):
        return merged
    rules, own = {"rules": above["rules"]}, {"models": above.get("models", {})}
    return {**merged, **_lay_over({"models": {name: _merge(model, rules) for name, model in models.items()}}, own)}
