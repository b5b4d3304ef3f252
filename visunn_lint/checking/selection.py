"""Which rules run, and with which options."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from visunn_lint.config import BadKeyError, decode_options
from visunn_lint.rules import Rule, discover
from visunn_lint.rules.forward_failed import ForwardFailed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from visunn_lint.config import KeyPath, ModelSettings, Settings
    from visunn_lint.config.settings import Table
    from visunn_lint.rules import Fact
    from visunn_lint.topology import CapturedModel

_ALL = "ALL"


def selected_rules(settings: Settings) -> tuple[type[Rule], ...]:
    """Return the rules that the settings select, by code.

    A selector is a code (``VIS101``), the beginning of one (``VIS1``), a rule's name, or ``ALL``;
    without ``select`` it is all. Where a rule is both selected and ignored the longer selector
    wins, ``ignore`` if they are equally long. Preview rules run with ``preview`` alone. Raises
    ConfigError for a selector that fits no rule.
    """
    check_selectors(settings)
    selects = (*(settings.select or (_ALL,)), *settings.extend_select)
    ignores = (*settings.ignore, *settings.extend_ignore)
    return tuple(
        rule
        for rule in discover()
        if _closeness(rule, selects) > _closeness(rule, ignores) and (settings.preview or not rule.preview)
    )


def rules_for(model: CapturedModel, rules: tuple[type[Rule], ...], settings: Settings) -> tuple[type[Rule], ...]:
    """Return the rules that were selected, for a model whose forward raises with the one that says so.

    What others find is worth little then, and nothing found would read as if all were well: whoever selects a few
    rules learns of it too, unless it is ignored by name.
    """
    ignores = (*settings.ignore, *settings.extend_ignore)
    if not model.has_failed or ForwardFailed in rules or _closeness(ForwardFailed, ignores):
        return rules
    return (*rules, ForwardFailed)


def needed_facts(settings: Settings) -> frozenset[Fact]:
    """Return the facts that some selected rule does not run without; raises ConfigError as ``selected_rules``.

    A look at the weights takes a build for real: it is made where the settings ask for it.
    """
    needed = frozenset(fact for rule in selected_rules(settings) for fact in rule.needs)
    return needed if settings.weights else needed - {"weights"}


def fits(rule: type[Rule], selector: str) -> bool:
    """Return whether a selector stands for a rule."""
    return selector in {_ALL, rule.name} or (selector != "" and rule.code.startswith(selector))


def check_settings(settings: Settings) -> None:
    """Raise BadKeyError for the first rule that there is not, or option that a rule has not."""
    check_selectors(settings)
    check_option_tables(settings)


def check_selectors(settings: Settings) -> None:
    """Raise BadKeyError for the first selector that fits no rule."""
    selectors: dict[KeyPath, tuple[str, ...]] = {
        ("select",): settings.select,
        ("extend-select",): settings.extend_select,
        ("ignore",): settings.ignore,
        ("extend-ignore",): settings.extend_ignore,
        **{("per-module-ignores", pattern): codes for pattern, codes in settings.per_module_ignores.items()},
    }
    for path, names in selectors.items():
        for name in names:
            if not any(fits(rule, name) for rule in discover()):
                raise BadKeyError((*path, name), f"no rule is called `{name}`", hint=_suggestion(name))


def check_option_tables(settings: Settings) -> None:
    """Raise BadKeyError for the first table of options that belongs to no rule, or holds a bad one."""
    tables: dict[KeyPath, Mapping[str, Table]] = {
        ("rules",): settings.rule_options,
        **{("models", name, "rules"): model.rule_options for name, model in settings.models.items()},
    }
    if not any(tables.values()):
        return  # all rules are loaded for those who set something of one
    rules = {rule.name: rule for rule in discover()}
    for path, table in tables.items():
        for name, options in table.items():
            if name not in rules:
                message = f"`{'.'.join((*path, name))}` sets options of a rule that there is not"
                raise BadKeyError((*path, name), message, hint=_suggestion(name))
            decode_options((*path, name), rules[name], options)


def configured(rule: type[Rule], model: CapturedModel, settings: Settings) -> Rule:
    """Return a rule with the options that it has for a model; raises ConfigError for a bad one."""
    own = _settings_of(model, settings)
    raw = {**settings.rule_options.get(rule.name, {}), **(own.rule_options.get(rule.name, {}) if own else {})}
    return rule(**decode_options(("rules", rule.name), rule, raw))


def with_expectations(model: CapturedModel, settings: Settings) -> CapturedModel:
    """Return a model with what the configuration says that it has to be."""
    own = _settings_of(model, settings)
    if own is None or not own.shapes:
        return model
    return replace(model, shapes={**(model.shapes or {}), **own.shapes})


def _settings_of(model: CapturedModel, settings: Settings) -> ModelSettings | None:
    return settings.models.get(model.configured or model.name)


def _closeness(rule: type[Rule], selectors: Sequence[str]) -> int:
    """Return how closely some selectors speak of a rule: 0 not at all, 1 all rules, more by length."""
    return max((_length(rule, selector) for selector in selectors if fits(rule, selector)), default=0)


def _length(rule: type[Rule], selector: str) -> int:
    if selector == _ALL:
        return 1
    return len(rule.code) if selector == rule.name else len(selector)


def _suggestion(selector: str) -> str:
    names = [name for rule in discover() for name in (rule.name, rule.code)]
    close = get_close_matches(selector, names, n=1) or get_close_matches(selector.upper(), names, n=1)
    return f"did you mean `{close[0]}`?" if close else "`visunn rule` lists the rules"
