"""A topology shows itself in a notebook: as its tree, with the viewer behind a button where that was built."""

from __future__ import annotations

from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest
from torch import nn

import visunn_lint
from tests.models.structures import NASTY_NAMES
from visunn_lint import Topology
from visunn_lint.errors import VisunnError
from visunn_lint.render import bundle, notebook
from visunn_lint.render.bundle import Bundle


class Seen(HTMLParser):
    """The tags of a piece of HTML, its text, and the attributes of its frames."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""
        self.frames: list[dict[str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a tag down."""
        self.tags.add(tag)
        self.frames += [dict(attrs)] if tag == "iframe" else []

    def handle_data(self, data: str) -> None:
        """Take text down."""
        self.text += data


@pytest.fixture
def _built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "read", lambda: Bundle("let built = 1", "p{}"))


@pytest.fixture
def _not_built(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> Bundle:
        message = "not built"
        raise VisunnError(message)

    monkeypatch.setattr(bundle, "read", fail)


@pytest.mark.usefixtures("_not_built")
def test_without_the_viewer_it_is_the_tree() -> None:
    """The lines that print() shows, and nothing that could run."""
    topology = traced()
    seen = Seen(html(topology))
    assert seen.text == str(topology)
    assert seen.tags == {"pre", "span"}


@pytest.mark.usefixtures("_built")
def test_with_the_viewer_a_button_shows_it() -> None:
    """In a frame that can run its script, and reach neither the notebook nor its origin."""
    (frame,) = Seen(html(traced())).frames
    assert frame["sandbox"] == "allow-scripts allow-downloads"
    assert (frame["srcdoc"] or "").startswith("<!doctype html>")
    assert "let built = 1" in (frame["srcdoc"] or "")
    assert "connect-src 'none'" in unescape(frame["srcdoc"] or "")


@pytest.mark.usefixtures("_built")
def test_names_are_text() -> None:
    """A module whose name is a tag opens none, in the tree or around the frame."""
    topology = visunn_lint.trace(NASTY_NAMES.build(), NASTY_NAMES.args())
    seen = Seen(html(topology))
    assert seen.tags == {"pre", "span", "details", "summary", "iframe"}
    assert "</script>" in seen.text


@pytest.mark.usefixtures("_built")
def test_what_is_too_large_stays_out_of_the_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    """A notebook keeps what it shows."""
    monkeypatch.setattr(notebook, "_MOST", 100)
    assert Seen(html(traced())).frames == []


@pytest.mark.usefixtures("_built")
def test_a_topology_that_nobody_handed_a_page_is_its_tree() -> None:
    """One that was read from a file, say."""
    topology = replace(traced(), page=None)
    assert Seen(html(topology)).frames == []
    assert topology == traced()


def traced() -> Topology:
    """Return the topology of a small model."""
    return visunn_lint.trace(nn.Sequential(nn.Linear(4, 4), nn.ReLU()), inputs="2x4")


def html(topology: Topology) -> str:
    """Return what a notebook asks a value for."""
    return topology._repr_html_()
