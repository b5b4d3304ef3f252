"""The JSON Schema of the configuration, for editors: what may stand under ``[tool.visunn]`` or in a visunn.toml."""

from __future__ import annotations

from dataclasses import MISSING, Field, fields
from inspect import cleandoc
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

import msgspec

from visunn_lint.config.settings import MODEL_KEYS, SETTINGS_KEYS, ModelSettings, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

Schema = dict[str, Any]

_BY_HAND: Mapping[str, Schema] = {
    "inputs": {
        "anyOf": [{"type": "string"}, {"type": "array"}, {"type": "object"}],
        "examples": ["b x 3 x 224 x 224", "2x16:int64, mask=2x16", [2, 3, 224, 224]],
    },
    "kwargs": {"type": "object"},
    "models": {"type": "object"},
    "rule_options": {"$ref": "#/$defs/rules"},
}
"""What is read in another way than its type says."""


def json_schema(rules: Mapping[str, type]) -> Schema:
    """Return the schema of all settings, with the options of rules by name."""
    model = _object({key: _property(ModelSettings, name) for key, name in MODEL_KEYS.items()})
    settings = {key: _property(Settings, name) for key, name in SETTINGS_KEYS.items()}
    settings["models"]["additionalProperties"] = model
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "visunn",
        "description": "The settings of visunn: [tool.visunn] in pyproject.toml, or all of visunn.toml.",
        **_object(settings),
        "$defs": {"rules": _object({name: _options(rule) for name, rule in rules.items()})},
    }


def _object(properties: Mapping[str, Schema]) -> Schema:
    return {"type": "object", "properties": dict(properties), "additionalProperties": False}


def _property(owner: type, name: str) -> Schema:
    """Return the schema of one setting with its description and its default."""
    hint = get_type_hints(owner, include_extras=True)[name]
    description = {"description": get_args(hint)[1].description}
    if name in _BY_HAND:
        return {**_BY_HAND[name], **description}
    return {**_type(get_args(hint)[0]), **description, **_default(_field(owner, name))}


def _options(rule: type) -> Schema:
    """Return the schema of the options of a rule, which is described by the first paragraph of its page."""
    hints = get_type_hints(rule)
    properties = {each.name.replace("_", "-"): {**_type(hints[each.name]), **_default(each)} for each in fields(rule)}
    summary = cleandoc(rule.__doc__ or "").partition("\n\n")[0]
    return {**_object(properties), "description": " ".join(summary.split())}


def _type(hint: object) -> Schema:
    """Return the schema of a type; None is how an option is not set, which TOML cannot say."""
    schema = msgspec.json.schema(hint)
    name = schema.pop("$ref", "").rpartition("/")[2]
    schema = schema.pop("$defs")[name] if name else schema
    choices = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    found = choices[0] if len(choices) == 1 else schema
    return {key: value for key, value in found.items() if key not in {"title", "description"}}


def _field(owner: type, name: str) -> Field[Any]:
    return next(each for each in fields(owner) if each.name == name)


def _default(each: Field[Any]) -> Schema:
    value = each.default_factory() if each.default_factory is not MISSING else each.default
    return {} if value is None else {"default": msgspec.to_builtins(value)}
