"""The check of a model that stands in memory, or of a Topology."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from visunn_lint.checking.running import run_rules
from visunn_lint.checking.selection import check_settings, needed_facts
from visunn_lint.checking.suppressing import suppress
from visunn_lint.config import Settings, load_settings
from visunn_lint.topology import CapturedModel, Topology

if TYPE_CHECKING:
    from torch import nn

    from visunn_lint.finding import Report
    from visunn_lint.rules import Fact

Config: TypeAlias = "Settings | Mapping[str, object] | str | Path | None"


def check(
    model_or_topology: nn.Module | Topology,
    args: tuple[Any, ...] | None = None,
    kwargs: Mapping[str, Any] | None = None,
    *,
    inputs: object = None,
    select: Sequence[str] | str = (),
    ignore: Sequence[str] | str = (),
    config: Config = None,
) -> Report:
    """Return what the rules find in a model, or, as far as it alone can tell, in a Topology.

    ``args`` and ``kwargs`` are the values that ``forward`` is called with, ``inputs`` are specs in
    their stead (``"2x3x224x224"``); with neither, inputs are looked for and guessed. ``select`` and
    ``ignore`` take codes, prefixes of codes, and names of rules. ``config`` is a file, TOML text, a
    table as under ``[tool.visunn]``, or settings; without it the defaults hold, no file is read.

    A ``forward`` that raises is finding VIS213, no exception. Raises InputError for inputs that do not
    fit or cannot be guessed and for what is no model, ConfigError for unknown rules and options.
    """
    settings = _settings(select, ignore, config)
    captured = _captured(model_or_topology, args, kwargs, inputs, needed_facts(settings))
    return suppress(run_rules([captured], settings), settings)


def _captured(
    model: nn.Module | Topology,
    args: tuple[Any, ...] | None,
    kwargs: Mapping[str, Any] | None,
    inputs: object,
    facts: Collection[Fact],
) -> CapturedModel:
    if not isinstance(model, Topology):
        from visunn_lint.loading import capture_model  # noqa: PLC0415 -- imports torch, which a Topology does without

        return capture_model(model, args, kwargs, inputs=inputs, facts=facts)
    if model.captured.mode == "train":
        return CapturedModel(model.name, train=model)
    return CapturedModel(model.name, eval=model)


def _settings(select: Sequence[str] | str, ignore: Sequence[str] | str, config: Config) -> Settings:
    base = config if isinstance(config, Settings) else _loaded(config)
    return replace(
        base,
        select=_several(select) or base.select,
        ignore=(*base.ignore, *_several(ignore)),
    )


def _loaded(config: Mapping[str, object] | str | Path | None) -> Settings:
    if isinstance(config, Mapping):
        return load_settings(Path.cwd(), flags=config, isolated=True, check=check_settings)
    texts = [] if config is None else [str(config)]
    return load_settings(Path.cwd(), config=texts, isolated=True, check=check_settings)


def _several(selectors: Sequence[str] | str) -> tuple[str, ...]:
    return (selectors,) if isinstance(selectors, str) else tuple(selectors)
