"""From TOML tables to settings and rule options, every key and every type checked."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from difflib import get_close_matches
from enum import Enum
from typing import TypeVar, get_type_hints

import msgspec

from visunn_lint.config.settings import MODEL_KEYS, SETTINGS_KEYS, ModelSettings, Settings, Table
from visunn_lint.errors import ConfigError, InputError
from visunn_lint.shapes import ShapeExpressionError
from visunn_lint.shapes import parse as parse_shapes
from visunn_lint.spec import InputSpec

KeyPath = tuple[str, ...]
"""The keys that lead to a value: ``("models", "net", "inputs")``."""

_T = TypeVar("_T")
_TOML_WORDS = {
    "array": "an array",
    "object": "a table",
    "str": "a string",
    "bool": "true or false",
    "int": "an integer",
    "float": "a number",
}


class BadKeyError(ConfigError):
    """A key is unknown or has a wrong value; ``path`` leads to it."""

    def __init__(self, path: KeyPath, message: str, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.path = path


def decode_settings(table: Table) -> Settings:
    """Return the settings that a table amounts to; raises BadKeyError for the first bad key."""
    models = {
        name: _decode_model(name, _convert(raw, dict[str, object], ("models", name)))
        for name, raw in _convert(table.get("models", {}), dict[str, object], ("models",)).items()
    }
    rest = {key: value for key, value in table.items() if key != "models"}
    settings = replace(_build(Settings, SETTINGS_KEYS, rest, ()), models=models)
    _check_paths(settings)
    return settings


def decode_options(path: KeyPath, rule_type: type, raw: Table) -> dict[str, object]:
    """Return the options of a rule by field name, checked against the fields of its dataclass.

    The types of these fields must be importable when the program runs. ``path`` leads to the table.
    Raises BadKeyError for an unknown option or a value of another type.
    """
    return _values(rule_type, option_names(rule_type), raw, path)


def option_names(rule_type: type) -> dict[str, str]:
    """Return each option of a rule as it is written, and the field that it fills."""
    return {each.name.replace("_", "-"): each.name for each in fields(rule_type)}


def _decode_model(name: str, table: Table) -> ModelSettings:
    inputs = _inputs(table.get("inputs", {}), ("models", name, "inputs"))
    rest = {key: value for key, value in table.items() if key != "inputs"}
    model = _build(ModelSettings, MODEL_KEYS, rest, ("models", name))
    _check_shapes(model, ("models", name, "shapes"))
    return replace(model, inputs=inputs, target=model.target or name)


def _check_paths(settings: Settings) -> None:
    """Raise BadKeyError for what no path can be, and for an empty folder, which would be the project's root."""
    if not settings.cache_dir:
        raise BadKeyError(("cache-dir",), "`cache-dir` is empty", hint="name a folder, or set `cache = false`")
    for key, path in {"baseline": settings.baseline, "cache-dir": settings.cache_dir}.items():
        if "\0" in path:
            raise BadKeyError((key,), f"`{key}` is no path: {path!r} has a NUL in it")


def _check_shapes(model: ModelSettings, path: KeyPath) -> None:
    for module, text in model.shapes.items():
        try:
            parse_shapes(text)
        except ShapeExpressionError as error:
            where = f"at character {error.position + 1} of {text!r}"
            message = f"`{_dotted((*path, module))}`: {error.problem}, {where}"
            raise BadKeyError((*path, module), message) from None


def _build(owner: Callable[..., _T], names: Mapping[str, str], table: Table, path: KeyPath) -> _T:
    return owner(**_values(owner, names, table, path))


def _values(owner: Callable[..., object], names: Mapping[str, str], table: Table, path: KeyPath) -> dict[str, object]:
    """Return the values of a table by field name, each of the type that its field declares."""
    hints = get_type_hints(owner) if table else {}  # 0.2 ms, for every rule and model
    for key in table:
        if key not in names:
            raise BadKeyError((*path, key), f"unknown key `{_dotted((*path, key))}`", hint=_suggestion(key, names))
    return {names[key]: _convert(value, hints[names[key]], (*path, key)) for key, value in table.items()}


def _convert(value: object, kind: type[_T], path: KeyPath) -> _T:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise BadKeyError(path, f"`{_dotted(path)}` {_in_words(error, value, kind)}") from None


def _in_words(error: msgspec.ValidationError, value: object, kind: object) -> str:
    """Return what is wrong with a value, in the words of TOML."""
    if isinstance(kind, type) and issubclass(kind, Enum):
        return f"must be one of {', '.join(str(member.value) for member in kind)}, not {value!r}"
    problem, _, item = str(error).partition(" - at `$")
    problem = re.sub(r"`([a-z |]+)`", _spelled, problem)
    where = f" at {item[:-1]}" if item else ""
    return f"is wrong{where}: {problem[:1].lower()}{problem[1:]}"


def _spelled(kinds: re.Match[str]) -> str:
    """Return types in the words of TOML, which has no null."""
    return " or ".join(_TOML_WORDS.get(kind, kind) for kind in kinds[1].split(" | ") if kind != "null")


def _inputs(value: object, path: KeyPath) -> InputSpec:
    try:
        return InputSpec.parse(_with_shapes(value))
    except InputError as error:
        raise BadKeyError(path, f"`{_dotted(path)}`: {error.message}", hint=error.hint) from None


def _with_shapes(value: object) -> object:
    """Return a TOML value with its arrays of whole numbers as tuples, which is how a shape is given."""
    if isinstance(value, dict):
        return {key: _with_shapes(item) for key, item in value.items()}
    if not isinstance(value, list):
        return value
    is_shape = bool(value) and all(type(item) is int or item == "b" for item in value)
    return tuple(value) if is_shape else [_with_shapes(item) for item in value]


def _dotted(path: KeyPath) -> str:
    return ".".join(path)


def _suggestion(key: str, known: Iterable[str]) -> str:
    names = sorted(known)
    close = get_close_matches(key, names, n=1)
    if close:
        return f"did you mean `{close[0]}`?"
    return f"the keys are {', '.join(names)}" if names else "it has no options"
