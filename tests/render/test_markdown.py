"""The format for pull requests and job summaries: a table that no name can break."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from tests.render.fake_report import ABSENT, RECYCLED, UNUSED, report
from tests.render.golden import REPORTS, large, view
from visunn_lint.render import View
from visunn_lint.render.markdown import render

_OURS = {
    "h2", "p", "strong", "code", "br", "blockquote", "details", "summary", "ul", "li",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip


class _Tags(HTMLParser):
    """Collects the tags of a page, with their attributes, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def _page(markdown: str) -> _Tags:
    """Return what a reader of GitHub's Markdown makes of a report."""
    page = _Tags()
    page.feed(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(markdown))
    return page


@pytest.fixture
def shown(tmp_path: Path) -> View:
    """Return a view on a folder that holds the model of the reports."""
    return view(tmp_path)


def _rows(text: str) -> Iterator[str]:
    return (line for line in text.splitlines() if re.match(r"\| (?:❌|⚠️|ℹ️)", line))  # noqa: RUF001 -- as above


def test_the_worst_findings_come_first(shown: View) -> None:
    """The table has a row for each finding, errors before warnings before infos."""
    recycled = replace(RECYCLED, message="`relu` is called twice")
    assert list(_rows(render(report(UNUSED, recycled, ABSENT), shown))) == [
        "| ❌ error | VIS402<br>absent-module | `model.py::Net` | no module is a `Dropout` |",
        "| ⚠️ warning | VIS102<br>unused-parameter | `model.py:6:9`<br>`fc` | `fc.bias` is read by no op |",
        "| ℹ️ info | VIS110<br>recycled-layer | `model.py:10:13`<br>`relu` | `relu` is called twice |",  # noqa: RUF001 -- the sign for information
    ]


@pytest.mark.parametrize("name", REPORTS)
def test_a_page_has_no_tags_but_ours(name: str, shown: View) -> None:
    """Whatever names hold, there is no link, no picture, no script, and no attribute but a column's."""
    page = _page(render(REPORTS[name], shown))
    assert set(page.tags) <= _OURS
    assert page.attributes <= {"style"}
    assert page.tags.count("td") == 4 * (page.tags.count("tr") - page.tags.count("thead"))


def test_names_are_read_as_they_are(shown: View) -> None:
    """What is escaped in the source is on the page as it was."""
    page = _page(render(REPORTS["hostile"], shown))
    assert all(
        text in page.text
        for text in (
            "</script><script>alert(1)</script>",
            "[click](javascript:alert(1))",
            "\\u202e",
            "_line_ ~~gone~~ $x$",
            "]]> --> & &amp; {0} {{1}}",
        )
    )


def test_a_summary_stays_below_what_github_takes(shown: View) -> None:
    """Of a report that is too large for a job summary, the rest is counted."""
    wide = replace(UNUSED, message="*" * 1_000)
    text = render(report(*[wide] * 5_000), shown)
    assert len(text.encode()) < 1_000_000
    (rest,) = re.findall(r"and ([\d,]+) more findings", text)
    assert len(list(_rows(text))) + int(rest.replace(",", "")) == 5_000


def test_five_thousand(shown: View) -> None:
    """Ordinary findings all fit, and a name of a million letters is cut."""
    text = render(large(), shown)
    assert len(list(_rows(text))) == 5_000
    assert max(map(len, text.splitlines())) < 2_000
