"""The format for GitHub Actions: workflow commands that nothing in a name can break."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.render.fake_report import ABSENT, RECYCLED, UNUSED, report
from tests.render.golden import REPORTS, large, view
from visunn_lint.finding import Broken, Finding
from visunn_lint.location import Location
from visunn_lint.render import View
from visunn_lint.render.github import render

_COMMAND = re.compile(r"::(error|warning|notice) ((?:[a-zA-Z]+=[^,:\r\n]*,?)+)::([^\r\n]*)")
_UNESCAPED = (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"))


def _read(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Return the commands as the runner reads them; fails where it would read none."""
    commands = [_COMMAND.fullmatch(line) for line in text.splitlines()]
    assert None not in commands
    return [(match[1], _properties(match[2]), _decoded(match[3])) for match in commands if match]


def _properties(text: str) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in text.split(","))
    return {key: _decoded(value) for key, _, value in pairs}


def _decoded(text: str) -> str:
    for escape, char in _UNESCAPED:
        text = text.replace(escape, char)
    return text


@pytest.fixture
def shown(tmp_path: Path) -> View:
    """Return a view on a folder that holds the model of the reports."""
    return view(tmp_path)


def test_a_command_for_each_finding(shown: View) -> None:
    """Severity, place, title and what to do stand where the runner looks for them."""
    assert _read(render(report(RECYCLED), shown)) == [
        (
            "notice",
            {
                "title": "VIS110 recycled-layer",
                "file": "model.py",
                "line": "10",
                "endLine": "10",
                "col": "13",
                "endColumn": "25",
            },
            f"{RECYCLED.message}\n{RECYCLED.help}\nmodel.py::Net: relu",
        )
    ]


@pytest.mark.parametrize(
    ("finding", "properties"),
    [
        (replace(UNUSED, location=Location("model.py", 9, 5, 12, 28)), {"file", "line", "endLine"}),
        (ABSENT, {"file", "line"}),
        (replace(UNUSED, location=Location("model.py", 6)), {"file", "line", "endLine", "col", "endColumn"}),
    ],
)
def test_columns_are_for_one_line_alone(finding: Finding, properties: set[str], shown: View) -> None:
    """A span of several lines has no columns, and the place of a model nothing but a line."""
    ((_, given, _),) = _read(render(report(finding), shown))
    assert given.keys() == {"title"} | properties


def test_properties_are_escaped(shown: View) -> None:
    """Every sign that ends a property is escaped in it, and those that end a message there."""
    finding = replace(UNUSED, message="50%, a: b", location=Location("a,b:c%.py", 1, 1, 1, 2), model="m", module="")
    (line,) = render(report(finding), shown).splitlines()
    assert line == (
        "::warning title=VIS102 unused-parameter,file=a%2Cb%3Ac%25.py,line=1,endLine=1,col=1,endColumn=2"
        "::50%25, a: b%0Am"
    )


def test_what_could_not_be_linted_is_an_error(shown: View) -> None:
    """A broken target has a command, at the line of its file that it is about, else at its start, if there is one."""
    targets = (
        Broken("model.py::Nets", "no class `Nets`", "did you mean `Net`?"),
        Broken("model.py", "cannot be imported: NameError (model.py:3)"),
        Broken("model.py", "cannot be imported: NameError (other.py:3)"),
        Broken("configured", "broken"),
    )
    assert _read(render(replace(report(models=()), broken=targets), shown)) == [
        (
            "error",
            {"title": "could not lint model.py::Nets", "file": "model.py", "line": "1"},
            "no class `Nets`\ndid you mean `Net`?",
        ),
        *(
            (
                "error",
                {"title": "could not lint model.py", "file": "model.py", "line": line},
                f"cannot be imported: NameError ({place}:3)",
            )
            for place, line in (("model.py", "3"), ("other.py", "1"))
        ),
        ("error", {"title": "could not lint configured"}, "broken"),
    ]


def test_a_target_is_found_from_the_folder_that_it_was_given_in(shown: View) -> None:
    """From a folder of the project, a target's path is the one from the project all the same."""
    (shown.root / "nets").mkdir()
    (shown.root / "nets" / "a.py").touch()
    given = replace(report(models=()), broken=(Broken("a.py", "broken"),))
    ((_, properties, _),) = _read(render(given, replace(shown, folder=shown.root / "nets")))
    assert properties["file"] == "nets/a.py"


def test_nothing_found_is_nothing_said(shown: View) -> None:
    """A clean report has no commands."""
    assert render(report(), shown) == ""


@pytest.mark.parametrize("name", ["mixed", "hostile"])
def test_names_inject_no_commands(name: str, shown: View) -> None:
    """There are as many commands as there are findings and broken targets, each of them whole."""
    given = REPORTS[name]
    assert len(_read(render(given, shown))) == len(given.findings) + len(given.broken)


def test_five_thousand(shown: View) -> None:
    """A report of 5,000 findings has 5,000 commands."""
    assert len(_read(render(large(), shown))) == 5_000
