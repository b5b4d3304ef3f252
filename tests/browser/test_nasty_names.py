"""The viewer itself with names that are an attack: in every place that shows one, they are text."""

from __future__ import annotations

import json
from itertools import cycle
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import msgspec
import pytest
from playwright.sync_api import expect

from tests.browser.sample import SAMPLE
from tests.browser.scene import Scene
from tests.browser.test_safe_page import NAMES

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Opens

SHORT, LONG = NAMES[:-1], NAMES[-1]
_SURROGATE = "lone \ud800 surrogate"


def _spoilt() -> bytes:
    """Return the sample with every name and text of a user's in it replaced."""
    names = cycle([*SHORT, _SURROGATE])
    document: dict[str, Any] = msgspec.to_builtins(SAMPLE)
    document["name"] = NAMES[0]
    document["capture"]["inputs"] = NAMES[1]
    document["files"] = [next(names) for _ in document["files"]]
    for module in document["modules"]:
        module |= {key: next(names) for key in ("path", "kind", "details")}
        module["settings"] = {next(names): next(names)}
        for tensor in module.get("tensors", ()):
            tensor |= {"name": next(names), "shared_with": [next(names)]}
    for box in document["boxes"]:
        box |= {"label": next(names), "op": next(names), "reads": [next(names)]}
        box["attributes"] = {next(names): next(names)}
    for finding in document["findings"]:
        finding |= {key: next(names) for key in ("code", "rule", "message", "help")}
        finding["lines"] = [[number, next(names)] for number, _ in finding.get("lines", ())]
    document["boxes"][3]["label"] = document["modules"][3]["path"] = LONG
    return json.dumps(document).encode()


@pytest.fixture(scope="module")
def spoilt() -> bytes:
    """Return the document, a few megabytes."""
    return _spoilt()


def test_every_panel_shows_names_as_text(open_page: Opens, spoilt: bytes) -> None:
    """None of them runs, becomes an element, or breaks the page; whoever reads them sees what they are."""
    page = open_page(spoilt)
    expect(page.get_by_role("banner")).to_contain_text("</script><script>window.stolen = true</script>")
    for step in ("ArrowDown", "ArrowRight", "ArrowDown", "ArrowDown", "Enter", "n", "n", "p", "f", "m", "2", "1", "?"):
        page.get_by_role("treeitem").first.focus() if step == "ArrowRight" else None
        page.keyboard.press(step)
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Findings").click()
    page.get_by_role("tab", name="Figures").click()
    page.keyboard.press("/")
    page.keyboard.type("onerror")
    expect(page.get_by_role("option").first).to_be_visible()
    _is_unharmed(page)


def test_a_drawing_holds_names_as_text(open_file: Opens, spoilt: bytes) -> None:
    """The SVG that is saved is one that others open: well formed, and without a script."""
    page = open_file(spoilt)
    Scene(page).settle()
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.locator(".menu-list button", has_text="SVG").click()
    drawing = ET.fromstring(download.value.path().read_bytes())  # noqa: S314 -- ours, a moment ago
    tags = {str(element.tag).rpartition("}")[2] for element in drawing.iter()}
    assert {"svg", "text"} <= tags
    assert not {"script", "img", "image", "foreignObject", "a"} & tags


def _is_unharmed(page: Page) -> None:
    assert page.evaluate("window.stolen") is None
    assert page.locator("script").count() == page.evaluate("document.scripts.length")
    assert page.locator("img, iframe, object, embed, a[href^='javascript']").count() == 0
