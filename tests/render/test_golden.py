"""Every format of a report: byte for byte, whatever names hold, however large it is."""

import re
from pathlib import Path

import pytest

from tests.render.golden import FOLDER, REPORTS, large, rendered, view
from visunn_lint.render import View, report_formats


@pytest.fixture
def shown(tmp_path: Path) -> View:
    """Return a view on a folder that holds the model of the reports."""
    return view(tmp_path)


def test_the_formats() -> None:
    """The formats are these, found by looking."""
    assert report_formats() == ("concise", "full", "github", "gitlab", "json", "junit", "markdown", "sarif")


@pytest.mark.parametrize("report", REPORTS)
@pytest.mark.parametrize("name", report_formats())
def test_a_report_is_what_the_golden_file_shows(name: str, report: str, shown: View) -> None:
    """Each format gives the bytes of its golden file; `python -m tests.render.golden` writes them anew."""
    golden = (FOLDER / f"{report}.{name}.txt").read_bytes()
    assert rendered(name, REPORTS[report], shown).encode() == golden


@pytest.mark.parametrize("report", REPORTS)
@pytest.mark.parametrize("name", report_formats())
def test_nothing_in_a_report_steers_who_reads_it(name: str, report: str, shown: View) -> None:
    """No format lets a control character through, nor one that turns the direction of writing."""
    text = rendered(name, REPORTS[report], shown)
    assert [char for char in text if not char.isprintable() and char != "\n"] == []


@pytest.mark.parametrize("name", report_formats())
def test_five_thousand_findings_are_rendered(name: str, shown: View) -> None:
    """Every finding of a large report is in it, in every format."""
    found = set(re.findall(r"finding (\d+)", rendered(name, large(), shown)))
    assert len(found) == 4_999
