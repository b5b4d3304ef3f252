"""The README shows what visunn really prints, and its examples work."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest
from torch import nn

import visunn_lint
from examples.four_mistakes import Classifier
from visunn_lint import cli
from visunn_lint.testing.fixture import Visunn

ROOT = Path(__file__).parent.parent
_README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    """Return the code blocks of the README in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", _README, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("block", blocks("console"), ids=lambda block: block.partition("\n")[0])
def test_output_is_that_of_the_command(
    block: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each command in the README prints what stands below it."""
    command, _, shown = block.removeprefix("$ ").partition("\n")
    monkeypatch.chdir(ROOT)
    cli.run(shlex.split(command)[1:])
    assert capsys.readouterr().out == shown


def test_the_example_of_a_configuration_is_accepted() -> None:
    """Every setting that the README shows is known, and does what it says."""
    (block,) = blocks("toml")
    report = visunn_lint.check(nn.BatchNorm1d(4), inputs="2x4", config=tomllib.loads(block)["tool"]["visunn"])
    assert [finding.code for finding in report.findings] == ["VIS401"]


def test_the_example_of_a_test_passes(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test that the README shows passes as it stands."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # whether visunn is installed or not, it is loaded once
    (source,) = (block for block in blocks("python") if "def test_" in block)
    pytester.makepyfile(source)
    pytester.runpytest("-p", "visunn_lint.plugin").assert_outcomes(passed=1)


def test_failures_read_as_they_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each failing assertion in the README raises what stands below it."""
    monkeypatch.chdir(ROOT)
    visunn = Visunn(ROOT)
    names = {"visunn": visunn, "topology": visunn(Classifier()), "Classifier": Classifier}
    (block,) = (block for block in blocks("text") if block.startswith(">"))
    for failure in block.split("\n\n"):
        statement, *shown = failure.strip().splitlines()
        with pytest.raises(AssertionError) as raised:
            eval(statement.removeprefix(">").strip(), names)  # noqa: S307 -- our own README
        assert raised.exconly().splitlines() == [line.removeprefix("E   ") for line in shown]
