"""What can be configured: the settings of a run and of one model."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from visunn_lint.finding import Severity
from visunn_lint.records import Mode
from visunn_lint.spec import InputSpec

Table = Mapping[str, object]
"""A TOML table as it was read: kebab-case keys, plain values."""


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """What ``[tool.visunn.models.<name>]`` says of one model.

    ``target`` is the name itself where none is given. ``inputs`` are specs, ``kwargs`` values
    that forward gets as they are; ``shapes`` maps module paths to shape expressions. ``checkpoint`` is a
    file of weights that the model has to fit, as seen from the project's root.
    """

    target: str = ""
    inputs: InputSpec = field(default_factory=InputSpec)
    kwargs: Mapping[str, object] = field(default_factory=dict)
    modes: tuple[Mode, ...] = ("eval", "train")
    loss: str = ""
    checkpoint: str = ""
    shapes: Mapping[str, str] = field(default_factory=dict)
    rule_options: Mapping[str, Table] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settings:
    """The configuration of one run, every source of it merged.

    ``rule_options`` are raw TOML values by rule name (see ``decode_options``); those of a model
    in ``models`` go before them. ``root`` is the project's folder, to which reported paths are
    relative, and ``cache_dir`` too.
    """

    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_ignore: tuple[str, ...] = ()
    fail_on: Severity = Severity.WARNING
    preview: bool = False
    weights: bool = False
    include_installed: bool = False
    exclude: tuple[str, ...] = ()
    baseline: str = ""
    cache: bool = True
    cache_dir: str = ".visunn_cache"
    per_module_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rule_options: Mapping[str, Table] = field(default_factory=dict)
    models: Mapping[str, ModelSettings] = field(default_factory=dict)
    root: Path | None = None


def _key(field_name: str) -> str:
    return "rules" if field_name == "rule_options" else field_name.replace("_", "-")


SETTINGS_KEYS = {_key(each.name): each.name for each in fields(Settings) if each.name != "root"}
"""Each key of ``[tool.visunn]`` and the field that it fills."""

MODEL_KEYS = {_key(each.name): each.name for each in fields(ModelSettings)}
"""Each key of ``[tool.visunn.models.<name>]`` and the field that it fills."""
