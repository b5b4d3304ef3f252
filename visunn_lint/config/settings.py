"""What can be configured: the settings of a run and of one model."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated, TypeAlias

from msgspec import Meta

from visunn_lint.finding import Severity
from visunn_lint.records import Mode
from visunn_lint.spec import InputSpec

Table = Mapping[str, object]
"""A TOML table as it was read: kebab-case keys, plain values."""

_Rules: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """What ``[tool.visunn.models.<name>]`` says of one model.

    ``target`` is the name itself where none is given. ``inputs`` are specs, ``kwargs`` values
    that forward gets as they are; ``shapes`` maps module paths to shape expressions. ``checkpoint`` is a
    file of weights that the model has to fit, as seen from the project's root.
    """

    target: Annotated[str, Meta(description="What is checked: model.py, model.py::Net or package.module:Net.")] = ""
    inputs: Annotated[InputSpec, Meta(description="The inputs of forward, as --input takes them.")] = field(
        default_factory=InputSpec
    )
    kwargs: Annotated[Mapping[str, object], Meta(description="Values that forward gets as they are.")] = field(
        default_factory=dict
    )
    modes: Annotated[tuple[Mode, ...], Meta(description="The modes in which the model is run.")] = ("eval", "train")
    loss: Annotated[str, Meta(description="The loss that the model is trained with.")] = ""
    checkpoint: Annotated[str, Meta(description="A file of weights that the model has to fit.")] = ""
    shapes: Annotated[Mapping[str, str], Meta(description="Expected shapes by the path of a module.")] = field(
        default_factory=dict
    )
    rule_options: Annotated[Mapping[str, Table], Meta(description="Options of rules, for this model alone.")] = field(
        default_factory=dict
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """The configuration of one run, every source of it merged.

    ``rule_options`` are raw TOML values by rule name (see ``decode_options``); those of a model
    in ``models`` go before them. ``root`` is the project's folder, to which reported paths are
    relative, and the default of ``cache_dir`` too.
    """

    select: Annotated[_Rules, Meta(description="The rules that run: codes, prefixes of codes, names.")] = ()
    extend_select: Annotated[_Rules, Meta(description="Rules that run as well.")] = ()
    ignore: Annotated[_Rules, Meta(description="Rules that do not run.")] = ()
    extend_ignore: Annotated[_Rules, Meta(description="Rules that do not run either.")] = ()
    fail_on: Annotated[Severity, Meta(description="From which severity up the exit code is 1.")] = Severity.WARNING
    preview: Annotated[bool, Meta(description="Whether rules run that are not stable yet.")] = False
    weights: Annotated[bool, Meta(description="Whether models are built for real, to look at their weights.")] = False
    include_installed: Annotated[
        bool, Meta(description="Whether findings are shown that lie wholly in installed packages.")
    ] = False
    exclude: Annotated[tuple[str, ...], Meta(description="Globs of files that a folder's check leaves out.")] = ()
    baseline: Annotated[str, Meta(description="A file of findings that do not count, seen from this one.")] = ""
    cache: Annotated[bool, Meta(description="Whether results are remembered.")] = True
    cache_dir: Annotated[str, Meta(description="The folder of past results, seen from this file.")] = ".visunn_cache"
    per_module_ignores: Annotated[
        Mapping[str, _Rules], Meta(description="Rules that are ignored, by a glob of module paths or classes.")
    ] = field(default_factory=dict)
    rule_options: Annotated[Mapping[str, Table], Meta(description="Options of rules, by the rule's name.")] = field(
        default_factory=dict
    )
    models: Annotated[
        Mapping[str, ModelSettings], Meta(description="The models that `visunn check` alone checks, by a name.")
    ] = field(default_factory=dict)
    root: Path | None = None


def _key(field_name: str) -> str:
    return "rules" if field_name == "rule_options" else field_name.replace("_", "-")


SETTINGS_KEYS = {_key(each.name): each.name for each in fields(Settings) if each.name != "root"}
"""Each key of ``[tool.visunn]`` and the field that it fills."""

MODEL_KEYS = {_key(each.name): each.name for each in fields(ModelSettings)}
"""Each key of ``[tool.visunn.models.<name>]`` and the field that it fills."""
