"""What a rule tells of itself, and how rules are found."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, fields
from importlib.metadata import EntryPoint
from types import ModuleType

import pytest

from visunn_lint import rules
from visunn_lint.errors import ConfigError
from visunn_lint.finding import Finding, Related, RuleInfo, Severity
from visunn_lint.location import Location
from visunn_lint.records import Module, Node
from visunn_lint.rules import Example, Rule, discover
from visunn_lint.topology import CapturedModel

_FROM_CAPTURES = [
    rule
    for rule in discover()
    if rule.name not in {"missing-output-shape", "state-dict-mismatch", "topology-drift"} and rule.category != "visunn"
]


@dataclass(frozen=True)
class Sample(Rule):
    """Says something of a model.

    More of it.

    ## Use instead
    Something better.

    ## Why is this bad?
    It is.
    """

    code = "VIS399"
    name = "sample"
    category = "efficiency"
    severity = Severity.INFO
    since = "9.9.9"
    bad = (Example("nn.ReLU()", inputs="2x4"),)
    good = (Example("nn.GELU()", inputs="2x4"), Example("nn.Tanh()", inputs="2x4"))

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding about the root."""
        yield self.finding(model.topology[""], "bad")


def _all_rules() -> list[type[Rule]]:
    return list(discover())


def test_the_rules_of_the_catalogue_are_found() -> None:
    """Each file is a rule, in the order of their codes."""
    assert [rule.code for rule in discover()] == [
        "VIS101", "VIS102", "VIS103", "VIS104", "VIS105", "VIS106", "VIS107", "VIS108", "VIS109", "VIS110",
        "VIS111", "VIS112", "VIS113", "VIS114", "VIS201", "VIS202", "VIS203", "VIS204", "VIS205", "VIS206",
        "VIS207", "VIS208", "VIS209", "VIS210", "VIS211", "VIS212", "VIS213", "VIS214", "VIS301", "VIS302",
        "VIS303", "VIS304", "VIS305", "VIS306", "VIS401", "VIS402", "VIS403", "VIS404", "VIS405", "VIS406",
        "VIS501", "VIS502", "VIS503", "VIS504", "VIS505", "VIS506", "VIS507", "VIS508", "VIS509", "VIS510",
        "VIS511", "VIS512", "VIS513", "VIS514", "VIS900", "VIS901", "VIS902", "VIS903",
    ]  # fmt: skip


@pytest.mark.parametrize("rule", discover(), ids=lambda rule: rule.name)
def test_a_rule_is_one_file_of_its_name(rule: type[Rule]) -> None:
    """The file, the class and the docstring of the file say the same name."""
    module = sys.modules[rule.__module__]
    assert rule.__module__.rpartition(".")[2] == rule.name.replace("-", "_")
    assert rule.__name__ == rule.name.title().replace("-", "")
    assert module.__doc__ == f"{rule.code} {rule.name}."


@pytest.mark.parametrize("rule", discover(), ids=lambda rule: rule.name)
def test_a_page_has_its_sections_and_every_option(rule: type[Rule]) -> None:
    """Whoever reads `visunn rule` finds what it does, why, and each option by the name to write."""
    page = rule.page()
    assert page.startswith(f"# {rule.name} ({rule.code})\n\n## What it does\n\n")
    assert "## Why is this bad?" in page
    assert [f"``{each.name.replace('_', '-')}``" in page for each in fields(rule)] == [True] * len(fields(rule))


@pytest.mark.parametrize("rule", _FROM_CAPTURES, ids=lambda rule: rule.name)
def test_a_rule_has_examples_of_both_kinds(rule: type[Rule]) -> None:
    """At least one that it speaks up about and one that it does not; bad ones say where."""
    assert rule.good
    assert rule.bad
    assert all(example.at for example in rule.bad)
    assert not any(example.at for example in rule.good)


def test_the_page_shows_the_first_examples() -> None:
    """The sections come in one order, whatever order they are written in."""
    assert Sample.page() == (
        "# sample (VIS399)\n\n"
        "## What it does\n\nSays something of a model.\n\nMore of it.\n\n"
        "## Why is this bad?\n\nIt is.\n\n"
        "## Example\n\n```python\nnn.ReLU()\n```\n\n"
        "## Use instead\n\nSomething better.\n\n```python\nnn.GELU()\n```\n"
    )


def test_the_page_shows_the_options_of_an_example() -> None:
    """As they are written in the configuration."""
    heading = 'With `deny = ["BatchNorm*"]`:\n\n```python\nnn.Sequential('
    assert heading in next(rule for rule in discover() if rule.name == "unexpected-module").page()


def test_info_is_what_renderers_know() -> None:
    """The summary is the first paragraph, on one line."""
    assert Sample.info() == RuleInfo(
        "VIS399",
        "sample",
        Severity.INFO,
        "Says something of a model.",
        help=Sample.page(),
        category="efficiency",
        since="9.9.9",
    )


def test_a_finding_is_about_a_module_a_node_or_a_path() -> None:
    """Each brings its place along, unless another is given."""
    here, there = Location("net.py", 1), Location("net.py", 2)
    related = (Related("there", there),)
    module, node = Module("a.b", "Net", source=here), Node("a/op", "aten::relu", "op", "a", source=here)
    rule = Sample()
    assert rule.finding(module, "bad", label="here", advice="mend it", related=related) == Finding(
        "VIS399", "sample", Severity.INFO, "bad", "a.b", "", here, "here", "mend it", related
    )
    assert rule.finding(node, "bad", location=there) == Finding(
        "VIS399", "sample", Severity.INFO, "bad", "a", "a/op", there
    )
    assert rule.finding("a.b", "bad") == Finding("VIS399", "sample", Severity.INFO, "bad", "a.b")


def _plugins(monkeypatch: pytest.MonkeyPatch, **entries: object) -> None:
    """Let installed plugins offer some objects as rules."""
    plugin = ModuleType("some_plugin")
    vars(plugin).update(entries)
    monkeypatch.setitem(sys.modules, "some_plugin", plugin)
    points = [
        EntryPoint(name, f"some_plugin:{name}", rules.ENTRY_POINT_GROUP)
        for name in [*entries, "Missing"][: len(entries) or 1]
    ]
    ours = rules.ENTRY_POINT_GROUP
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: points if group == ours else [])
    monkeypatch.setattr(rules, "discover", discover.__wrapped__)


def test_plugins_bring_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Through the entry-point group visunn.rules."""
    _plugins(monkeypatch, Sample=Sample)
    assert [rule for rule in rules.discover() if rule not in _all_rules()] == [Sample]


@dataclass(frozen=True)
class Double(Sample):
    """Has the code of another rule."""

    code = "VIS301"


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({}, "the rule plugin Missing (some_plugin:Missing) cannot be loaded: "),
        ({"Wrong": Finding}, "the rule plugin Wrong (some_plugin:Wrong) is not a visunn_lint.Rule"),
        ({"Double": Double}, "two rules are called VIS301: "),
    ],
)
def test_a_broken_plugin_is_an_error(monkeypatch: pytest.MonkeyPatch, entries: dict[str, object], message: str) -> None:
    """One that cannot be loaded, is no rule, or takes the code of another."""
    _plugins(monkeypatch, **entries)
    with pytest.raises(ConfigError) as raised:
        rules.discover()
    assert raised.value.message.startswith(message)
    assert raised.value.hint
