"""`--show-settings`: what holds for a run, as TOML that could stand in a visunn.toml, and where it was said."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from click.core import ParameterSource

from visunn_lint.cli._models import common_place
from visunn_lint.config.explaining import explain_settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import click

    from visunn_lint.cli._options import ProjectOptions
    from visunn_lint.config.explaining import Explained

_WIDEST = 60
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_ACTIONS = frozenset({"add_ignore", "help", "reason", "show_settings", "update_baseline", "watches"})
"""Options that say what is done, and not how."""


def settings_text(
    targets: Sequence[str], project: ProjectOptions, flags: Mapping[str, object], context: click.Context
) -> str:
    """Return every setting on a line, with its origin, and below them the options that no file sets."""
    from visunn_lint.rules import discover  # noqa: PLC0415 -- loads every rule, which --help does without

    rules = {rule.name: rule for rule in discover()}
    place = common_place(targets)
    found = explain_settings(place, rules=rules, config=project.config, isolated=project.isolated, flags=flags)
    rows = [_row(each) for each in found.settings]
    width = min(max(len(text) for text, _ in rows), _WIDEST)
    lines = [f"# the settings of {found.root}", *(f"{text:<{width}}  # {origin}" for text, origin in rows)]
    parameters = [each for each in context.command.params if _is_shown(each, found.settings)]
    options = [_option(parameter, context) for parameter in parameters]
    return "\n".join([*lines, "", "# options of the command line", *options, ""])


def _row(setting: Explained) -> tuple[str, str]:
    key = ".".join(part if _BARE_KEY.fullmatch(part) else json.dumps(part, ensure_ascii=False) for part in setting.path)
    if setting.value is None:
        return f"# {key} =", "not set"
    return f"{key} = {_toml(setting.value)}", setting.origin


def _toml(value: object) -> str:
    """Return a value as TOML writes it."""
    if isinstance(value, dict):
        items = (f"{json.dumps(str(key), ensure_ascii=False)} = {_toml(item)}" for key, item in value.items())
        return f"{{ {', '.join(items)} }}" if value else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, str | bool | int | float):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _is_shown(parameter: click.Parameter, settings: Sequence[Explained]) -> bool:
    keys = {each.path[0] for each in settings}
    name = parameter.name or ""
    return parameter.param_type_name == "option" and name not in _ACTIONS and name.replace("_", "-") not in keys


def _option(parameter: click.Parameter, context: click.Context) -> str:
    """Return an option that is no setting, with its value and where that was given."""
    name = parameter.name or ""
    value = context.params[name] if name in context.params else getattr(context.obj, name)
    origins = {ParameterSource.COMMANDLINE: "command line", ParameterSource.ENVIRONMENT: str(parameter.envvar)}
    source = context.get_parameter_source(name) or ParameterSource.DEFAULT
    return f"# {max(parameter.opts, key=len)} {_in_words(value)}: {origins.get(source, 'default')}"


def _in_words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value in (None, (), ""):
        return "not set"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
