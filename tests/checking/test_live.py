"""The check of a model in memory, and of a Topology."""

from pathlib import Path

import pytest
import torch
from torch import nn

from visunn_lint import pipeline
from visunn_lint.checking import check
from visunn_lint.errors import ConfigError
from visunn_lint.source import line


def _model() -> nn.Module:
    return nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU())


def test_a_model_is_run_with_values_or_with_specs() -> None:
    """Both ways find the same, and by default every rule that can runs."""
    by_values = check(_model(), (torch.zeros(2, 4),))
    by_specs = check(_model(), inputs="2x4")
    assert [(finding.code, finding.module) for finding in by_values.findings] == [("VIS301", "0")]
    assert by_values.findings == by_specs.findings
    assert [skipped.code for skipped in by_values.rules_skipped] == [
        *("VIS204", "VIS205", "VIS206", "VIS209", "VIS214"),
        *("VIS401", "VIS402", "VIS403", "VIS404", "VIS406"),
    ]


def test_a_forward_that_raises_is_a_finding() -> None:
    """No exception leaves the check."""
    report = check(_model(), (torch.zeros(2, 5),))
    assert [(finding.code, finding.module) for finding in report.findings] == [("VIS213", "0")]


@pytest.mark.parametrize(("ignore", "expected"), [((), ["VIS213"]), (("forward-failed",), []), ("VIS2", [])])
def test_a_forward_that_raises_is_told_whatever_is_selected(ignore: tuple[str, ...] | str, expected: list[str]) -> None:
    """Nothing found would read as if all were well; whoever ignores it does so knowingly."""
    report = check(nn.Linear(4, 2), inputs="2x3", select="VIS101", ignore=ignore)
    assert [finding.code for finding in report.findings] == expected


def test_what_no_line_of_the_model_calls_is_shown_where_it_is_checked() -> None:
    """The calls of torch's own containers have no line of the user's but that."""
    report = check(nn.Sequential(nn.Linear(4, 4), nn.Softmax(0)), inputs="b x 4", select="VIS209")
    (place,) = (finding.location for finding in report.findings)
    assert place is not None
    assert Path(__file__).match(place.file)
    assert "report = check(nn.Sequential(nn.Linear(4, 4), nn.Softmax(0))" in (line(__file__, place.line) or "")


@pytest.mark.parametrize("mode", ["eval", "train"])
def test_a_topology_is_checked_as_far_as_it_can_tell(mode: str) -> None:
    """Rules that compare modes are skipped, with the mode that is missing as the reason."""
    topology = pipeline.build_topology(pipeline.capture(_model(), (torch.zeros(2, 4),), mode=mode))  # type: ignore[arg-type]
    report = check(topology)
    missing = "train" if mode == "eval" else "eval"
    assert [finding.code for finding in report.findings] == ["VIS301"]
    reasons = {skipped.code: skipped.reason for skipped in report.rules_skipped}
    assert reasons["VIS101"] == f"Sequential has no {missing} capture"


def test_select_and_ignore_take_one_or_several() -> None:
    """A string is one selector."""
    args = (torch.zeros(2, 4),)
    assert [rule.code for rule in check(_model(), args, select="VIS301").rules_run] == ["VIS301"]
    assert [rule.code for rule in check(_model(), args, select=["VIS301", "VIS501"], ignore=["VIS501"]).rules_run] == [
        "VIS301"
    ]


def test_config_is_a_table_or_toml() -> None:
    """As under [tool.visunn]."""
    args = (torch.zeros(2, 4),)
    table = {"rules": {"over-budget": {"params": 10}}}
    by_table = check(_model(), args, select="over-budget", config=table)
    by_toml = check(_model(), args, select="over-budget", config="rules.over-budget.params = 10")
    assert [finding.message for finding in by_table.findings] == ["56 parameters, 46 more than the budget of 10"]
    assert by_table.findings == by_toml.findings


def test_an_unknown_rule_is_an_error() -> None:
    """Selecting nothing would look like a clean model."""
    with pytest.raises(ConfigError, match="no rule is called `VIS000`"):
        check(_model(), (torch.zeros(2, 4),), select="VIS000")
