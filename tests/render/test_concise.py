"""The format for grep and editors."""

from dataclasses import replace
from pathlib import Path

from tests.render.fake_report import ABSENT, RECYCLED, UNUSED, report
from visunn_lint.location import Location
from visunn_lint.render import View
from visunn_lint.render.concise import render

VIEW = View(root=Path("/project"), folder=Path("/project"))


def test_a_line_for_each_finding() -> None:
    """Each finding is a line with its place; one without a place names its model."""
    assert render(report(UNUSED, RECYCLED, ABSENT), VIEW).splitlines() == [
        "model.py:6:9: VIS102 [warning] `fc.bias` is read by no op",
        "model.py:10:13: VIS110 [info] `relu` is called 2 times, a cycle in the module graph",
        "model.py::Net: VIS402 [error] no module is a `Dropout`",
        "Found 3 findings in 1 model (1 error, 1 warning, 1 info).",
    ]


def test_a_message_stays_on_its_line() -> None:
    """Line ends in a message are written out, and long lines are not broken."""
    finding = replace(UNUSED, message=f"{'long ' * 40}\nmessage", location=Location("model.py", 6))
    expected = f"model.py:6: VIS102 [warning] {'long ' * 40}\\nmessage\n"
    assert render(report(finding), replace(VIEW, width=40, quiet=True)) == expected


def test_only_the_code_is_coloured() -> None:
    """The code has the colour of its severity; the place stays as an editor reads it."""
    rendered = render(report(ABSENT), replace(VIEW, color=True, quiet=True))
    assert rendered == "model.py::Net: \x1b[1;31mVIS402\x1b[0m [error] no module is a `Dropout`\n"


def test_nothing_found() -> None:
    """A clean report is one line."""
    assert render(report(), VIEW) == "All clear: 1 model, 2 rules.\n"
