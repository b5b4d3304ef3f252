"""Which rules run, and with which options."""

from dataclasses import replace

import pytest

from tests.checking.made_up import Optional, captured, module
from visunn_lint.checking.selection import check_option_tables, configured, selected_rules, with_expectations
from visunn_lint.config import ModelSettings, Settings
from visunn_lint.errors import ConfigError

pytestmark = pytest.mark.usefixtures("made_up_rules")

STABLE = ["VIS190", "VIS191", "VIS290", "VIS291", "VIS390"]


def _codes(settings: Settings) -> list[str]:
    return [rule.code for rule in selected_rules(settings)]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (Settings(), STABLE),
        (Settings(select=("ALL",)), STABLE),
        (Settings(select=("VIS1",)), ["VIS190", "VIS191"]),
        (Settings(select=("every-module", "VIS390")), ["VIS190", "VIS390"]),
        (Settings(select=("VIS1",), extend_select=("optional",)), ["VIS190", "VIS191", "VIS290"]),
        (Settings(ignore=("VIS1", "VIS2")), ["VIS390"]),
        (Settings(ignore=("VIS1",), extend_ignore=("crashing",)), ["VIS290", "VIS291"]),
    ],
)
def test_selectors_are_codes_prefixes_and_names(settings: Settings, expected: list[str]) -> None:
    """Codes, their beginnings, names and ALL select; without any, all rules run."""
    assert _codes(settings) == expected


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (Settings(select=("VIS190",), ignore=("VIS1",)), ["VIS190"]),
        (Settings(select=("VIS1",), ignore=("VIS190",)), ["VIS191"]),
        (Settings(select=("VIS190",), ignore=("every-module",)), []),
    ],
)
def test_the_closer_selector_wins(settings: Settings, expected: list[str]) -> None:
    """A full code is closer than a prefix, and as close as a name; ignore wins a tie."""
    assert _codes(settings) == expected


def test_preview_rules_run_with_preview_alone() -> None:
    """Selecting one is not enough."""
    assert _codes(Settings(select=("VIS391",))) == []
    assert _codes(Settings(select=("VIS391",), preview=True)) == ["VIS391"]


@pytest.mark.parametrize(
    ("selector", "hint"),
    [
        ("every-modul", "did you mean `every-module`?"),
        ("vis190", "did you mean `VIS190`?"),
        ("", "`visunn rule` lists the rules"),
    ],
)
def test_an_unknown_selector_names_the_closest(selector: str, hint: str) -> None:
    """The error says which rule may have been meant."""
    with pytest.raises(ConfigError) as raised:
        selected_rules(Settings(select=(selector,)))
    assert (raised.value.message, raised.value.hint) == (f"no rule is called `{selector}`", hint)


def test_options_of_an_unknown_rule_are_an_error() -> None:
    """Also those of one model."""
    settings = Settings(models={"net": ModelSettings(rule_options={"optionel": {}})})
    with pytest.raises(ConfigError, match=r"`models\.net\.rules\.optionel` sets options of a rule that there is not"):
        check_option_tables(settings)


def test_bad_options_are_told_before_a_model_runs() -> None:
    """Also those of one model."""
    settings = Settings(models={"net": ModelSettings(rule_options={"optional": {"wonted": "a"}})})
    with pytest.raises(ConfigError, match=r"unknown key `models\.net\.rules\.optional\.wonted`"):
        check_option_tables(settings)


def test_options_of_a_model_go_before_those_of_all() -> None:
    """A model is told by the name by which the configuration knows it, whatever name findings have for it."""
    model = replace(captured(module("a"), name="net.py::Net"), configured="small")
    settings = Settings(
        rule_options={"optional": {"wanted": "a"}},
        models={"small": ModelSettings(target="net.py", rule_options={"optional": {"wanted": "b"}})},
    )
    assert configured(Optional, model, settings) == Optional(wanted="b")
    assert configured(Optional, captured(module("a"), name="other"), settings) == Optional(wanted="a")


def test_shapes_of_a_model_go_before_those_of_its_mark() -> None:
    """What the configuration expects of a model is added to what its mark says."""
    model = replace(captured(name="net.py::Net"), configured="small", shapes={"a": "b 1", "b": "b 2"})
    settings = Settings(models={"small": ModelSettings("net.py", shapes={"a": "b 3"})})
    assert with_expectations(model, settings).shapes == {"a": "b 3", "b": "b 2"}


def test_an_unknown_option_is_an_error() -> None:
    """Options are decoded against the fields of the rule."""
    with pytest.raises(ConfigError, match=r"unknown key `rules.optional.wonted`"):
        configured(Optional, captured(), Settings(rule_options={"optional": {"wonted": "a"}}))
