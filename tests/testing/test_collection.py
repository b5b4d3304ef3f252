"""``pytest --visunn``: a test for each model that the configuration names, and each rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., pytest.RunResult]


_GOOD = '[tool.visunn.models.good]\ntarget = "net.py::Good"\n'


def _collected(result: pytest.RunResult) -> list[str]:
    return [line for line in result.outlines if "::" in line]


def test_every_rule_is_a_test_of_every_model(pytester: pytest.Pytester, run: Run) -> None:
    """Tests of files come along, and each model has a test for each rule that is selected."""
    pytester.makepyprojecttoml(
        '[tool.visunn]\nselect = ["VIS101", "VIS301"]\n[tool.visunn.models.good]\ntarget = "net.py::Good"'
    )
    pytester.makepyfile("def test_other(): pass")
    assert _collected(run("--visunn", "--collect-only", "-q")) == [
        "pyproject.toml::good::VIS101",
        "pyproject.toml::good::VIS301",
        "test_every_rule_is_a_test_of_every_model.py::test_other",
    ]


def test_nothing_is_linted_unless_asked_for(pytester: pytest.Pytester, run: Run) -> None:
    """Without ``--visunn`` a configuration is no test, nor is it one where it is named."""
    pytester.makepyfile("def test_other(): pass")
    run().assert_outcomes(passed=1)
    assert run("pyproject.toml").ret == pytest.ExitCode.USAGE_ERROR


def test_a_finding_is_a_failure_that_reads_as_on_the_command_line(run: Run) -> None:
    """A test fails with the findings of its rule from ``fail-on`` up, without a traceback."""
    result = run("--visunn", "-k", "wasteful and (VIS101 or bias-before-norm)")
    result.assert_outcomes(failed=1, passed=1, deselected=len(_collected(run("--visunn", "--collect-only", "-q"))) - 2)
    start = result.outlines.index("________________________ wasteful: VIS101 unused-module ________________________")
    assert result.outlines[start + 1 : start + 8] == [
        "1 finding in wasteful",
        "VIS101 unused-module [warning]: `unused` (Linear) is never called: 40 parameters",
        "  --> net.py:16:9   unused (Linear)",
        "   |",
        "16 |         self.unused = nn.Linear(4, 8)",
        "   |         ^^^^^^^^^^^ registered, and not called in eval or train",
        "   = help: call it or remove it; DistributedDataParallel stops when its parameters get no gradient",
    ]


def test_tests_are_selected_by_node_id_and_by_marker(run: Run) -> None:
    """A node id names a model or one rule of it; ``-m`` tells these tests from all others."""
    run("--visunn", "pyproject.toml::good::VIS101").assert_outcomes(passed=1)
    every = _collected(run("--visunn", "--co", "-q"))
    wasteful = [line for line in every if line.startswith("pyproject.toml::wasteful::")]
    assert len(wasteful) > 1
    assert _collected(run("--visunn", "pyproject.toml::wasteful", "--co", "-q")) == wasteful
    assert run("--visunn", "-m", "not visunn").ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_a_file_that_is_named_stays_what_it_says(pytester: pytest.Pytester, run: Run) -> None:
    """Who names files on the command line gets these alone."""
    file = pytester.makepyfile("def test_other(): pass")
    run("--visunn", str(file)).assert_outcomes(passed=1)


@pytest.mark.parametrize("section", ["[tool.pytest]\ntestpaths = ['tests']", "[tool.pytest]\n"])
def test_tests_are_collected_once(pytester: pytest.Pytester, run: Run, section: str) -> None:
    """With ``testpaths`` and without, each test is there once."""
    pytester.makepyprojecttoml(
        f'{section}\n[tool.visunn]\nselect = ["VIS101"]\n[tool.visunn.models.good]\ntarget = "net.py::Good"'
    )
    pytester.mkdir("tests").joinpath("test_a.py").write_text("def test_a(): pass", encoding="utf-8")
    expected = ["pyproject.toml::good::VIS101", "tests/test_a.py::test_a"]
    assert sorted(_collected(run("--visunn", "--collect-only", "-q"))) == expected


def test_a_rule_that_has_nothing_to_check_is_skipped(run: Run) -> None:
    """A rule without the options that it needs says which."""
    result = run("--visunn", "-rs", "pyproject.toml::good::VIS403")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED*set a budget, such as `params`"])


def test_a_model_that_cannot_be_linted_is_one_error(pytester: pytest.Pytester, run: Run) -> None:
    """The first test of the model tells why, the others are skipped."""
    pytester.makepyprojecttoml('[tool.visunn]\nselect = ["VIS1"]\n[tool.visunn.models.gone]\ntarget = "nte.py::Good"\n')
    result = run("--visunn")
    number = len(_collected(run("--visunn", "--collect-only", "-q")))
    result.assert_outcomes(errors=1, skipped=number - 1)
    start = result.outlines.index("_________________ ERROR at setup of gone: VIS101 unused-module _________________")
    assert result.outlines[start + 1 : start + 3] == [
        "error: gone: its target `nte.py::Good`: no such file or folder",
        "  hint: did you mean net.py?",
    ]


def test_a_forward_that_raises_is_a_finding(run: Run) -> None:
    """The model can be linted: the rule about it fails."""
    result = run("--visunn", "pyproject.toml::raising::VIS213", "pyproject.toml::raising::VIS301")
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(["VIS213 forward-failed *"])


@pytest.mark.parametrize(
    ("configuration", "message"),
    [
        ("", "ERROR: --visunn: no [[]tool.visunn.models[]] from * upward names a model"),
        ("[tool.visunn]\nselect = ['VIS1']", "error: --visunn: pyproject.toml names no model"),
        ("[tool.visunn]\nselect = ['VIS9999']", "error: no rule is called `VIS9999`"),
        ("[tool.visunn]\nselct = ['VIS1']", "error: pyproject.toml:2: unknown key `selct`"),
    ],
)
def test_a_configuration_that_cannot_be_used_says_why(
    pytester: pytest.Pytester, run: Run, configuration: str, message: str
) -> None:
    """Mistakes in the configuration are told in a line, not by a traceback."""
    pytester.makepyprojecttoml(configuration)
    result = run("--visunn")
    assert result.ret in {pytest.ExitCode.INTERRUPTED, pytest.ExitCode.USAGE_ERROR}
    pytest.LineMatcher(result.outlines + result.errlines).fnmatch_lines([message])


def test_the_tests_of_a_model_are_one_group_of_xdist(pytester: pytest.Pytester, run: Run) -> None:
    """``--dist loadgroup`` gives all of them to one worker, which captures the model once."""
    pytest.importorskip("xdist")
    pytester.makeconftest(
        """
        def pytest_collection_modifyitems(items):
            for item in items:
                print(item.nodeid, *item.get_closest_marker("xdist_group").args)
        """,
    )
    result = run("-p", "xdist", "--visunn", "--collect-only", "-s", "-q", "-k", "VIS101")
    result.stdout.fnmatch_lines_random(
        [f"pyproject.toml::{name}::VIS101 visunn::{name}" for name in ("good", "wasteful", "raising")]
    )
