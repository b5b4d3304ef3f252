"""The rules: one file each, found here by looking, so that adding one is adding a file."""

from __future__ import annotations

import inspect
import pkgutil
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING

from visunn_lint.errors import ConfigError
from visunn_lint.rules._rule import Example, Fact, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Example", "Fact", "Rule", "discover"]

ENTRY_POINT_GROUP = "visunn.rules"


@lru_cache(maxsize=1)
def discover() -> tuple[type[Rule], ...]:
    """Return every rule, by code: those of this package and of installed plugins.

    A plugin names its rules in the entry-point group ``visunn.rules``. Raises ConfigError for a
    plugin that cannot be loaded, and for two rules of one code or name.
    """
    found = sorted({*_own_rules(), *_plugin_rules()}, key=lambda rule: rule.code)
    taken: dict[str, type[Rule]] = {}
    for rule in found:
        for key in (rule.code, rule.name):
            if key in taken:
                message = f"two rules are called {key}: {_origin(taken[key])} and {_origin(rule)}"
                raise ConfigError(message, hint="uninstall one of the two plugins")
            taken[key] = rule
    return tuple(found)


def _own_rules() -> Iterator[type[Rule]]:
    for module in pkgutil.iter_modules(__path__):
        if not module.name.startswith("_"):
            members = vars(import_module(f"{__name__}.{module.name}")).values()
            yield from (member for member in members if _is_rule(member))


def _plugin_rules() -> Iterator[type[Rule]]:
    from importlib.metadata import entry_points  # noqa: PLC0415 -- email and more, for who asks for no rules

    for entry in entry_points(group=ENTRY_POINT_GROUP):
        try:
            loaded = entry.load()
        except Exception as error:
            message = f"the rule plugin {entry.name} ({entry.value}) cannot be loaded: {error}"
            raise ConfigError(message, hint="repair or uninstall it") from error
        if not _is_rule(loaded):
            message = f"the rule plugin {entry.name} ({entry.value}) is not a visunn_lint.Rule"
            raise ConfigError(message, hint=f"let the entry point in group {ENTRY_POINT_GROUP} name the rule's class")
        yield loaded


def _is_rule(member: object) -> bool:
    return inspect.isclass(member) and issubclass(member, Rule) and not inspect.isabstract(member)


def _origin(rule: type[Rule]) -> str:
    return f"{rule.__module__}.{rule.__qualname__}"
