"""Running rules: what they find, why some do not run, and what becomes of one that raises."""

from pathlib import Path

import pytest

from tests.checking.made_up import Crashing, EveryModule, captured, module
from visunn_lint.checking import run_rules
from visunn_lint.config import Settings
from visunn_lint.errors import ConfigError
from visunn_lint.finding import Finding, Severity, SkippedRule
from visunn_lint.location import Location
from visunn_lint.rules.rule_crashed import RuleCrashed

pytestmark = pytest.mark.usefixtures("made_up_rules")

ROOT = Path("/project")


def test_a_finding_names_model_and_place() -> None:
    """Files are relative to the root; what both modes say is said once."""
    report = run_rules([captured(module("a", line=3))], Settings(select=("every-module",), root=ROOT))
    expected = Finding(
        "VIS190", "every-module", Severity.WARNING, "`a`", module="a", location=Location("net.py", 3), model="net"
    )
    assert report.findings == (expected,)
    assert report.rules_run == (EveryModule.info(),)


def test_findings_are_sorted_by_place() -> None:
    """By file, line, then code; models in between."""
    models = [captured(module("b", line=2), module("a", line=1)), captured(module("c", line=1), name="other")]
    report = run_rules(models, Settings(select=("VIS1",), root=ROOT))
    found = [(finding.location and finding.location.line, finding.code, finding.module) for finding in report.findings]
    first = [(1, "VIS190", "a"), (1, "VIS190", "c"), (1, "VIS191", "a"), (1, "VIS191", "c")]
    assert found == [*first, (2, "VIS190", "b"), (2, "VIS191", "b")]


def test_a_rule_whose_needs_are_unmet_is_skipped() -> None:
    """The reason names the model and what it lacks."""
    report = run_rules([captured(module("a"), train=False)], Settings(select=("needs-train",), root=ROOT))
    assert (report.findings, report.rules_run) == ((), ())
    assert report.rules_skipped == (SkippedRule("VIS291", "needs-train", "net has no train capture", "net"),)


def test_a_rule_without_its_options_is_skipped() -> None:
    """Once, however many models there are."""
    report = run_rules([captured(module("a")), captured(module("a"), name="b")], Settings(select=("optional",)))
    assert report.rules_skipped == (SkippedRule("VIS290", "optional", "set `wanted`"),)


def test_options_reach_the_rule() -> None:
    """Raw values from the configuration become fields."""
    settings = Settings(select=("optional",), rule_options={"optional": {"wanted": "a"}})
    assert [finding.message for finding in run_rules([captured()], settings).findings] == ["wanted `a` in net"]


def test_a_rule_that_raises_becomes_a_finding() -> None:
    """The others still run, and nothing of what the crashed rule said is kept."""
    report = run_rules([captured(module("a"))], Settings(select=("crashing", "every-module"), root=ROOT))
    assert [(finding.code, finding.severity, finding.message) for finding in report.findings] == [
        ("VIS900", Severity.ERROR, "VIS390 crashing crashed: KeyError: 'no such key'"),
        ("VIS190", Severity.WARNING, "`a`"),
    ]
    assert report.rules_run == (EveryModule.info(), Crashing.info(), RuleCrashed.info())


def test_per_module_ignores_suppress() -> None:
    """By glob of the module path; what is suppressed is kept apart."""
    settings = Settings(select=("every-module",), per_module_ignores={"b*": ("VIS1",), "a": ("optional",)}, root=ROOT)
    report = run_rules([captured(module("a", line=1), module("b.c", line=2))], settings)
    assert [finding.module for finding in report.findings] == ["a"]
    assert [finding.module for finding in report.suppressed] == ["b.c"]


def test_an_unknown_code_among_per_module_ignores_is_an_error() -> None:
    """It would never apply."""
    with pytest.raises(ConfigError, match="no rule is called `VIS777`"):
        run_rules([], Settings(per_module_ignores={"a": ("VIS777",)}))


def test_a_report_holds_one_topology_for_each_model() -> None:
    """The eval capture, by the name of the model."""
    model = captured(module("a"))
    report = run_rules([model], Settings(select=("every-module",)))
    assert report.topologies == {"net": model.eval}
