"""Files that the page writes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from tests.browser.sample import SAMPLE
from visunn_lint.document import encode

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Opens


def _save(page: Page, name: str) -> tuple[str, bytes]:
    """Return the name and the content of the file that an entry of the menu writes."""
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.locator(".menu-list button", has_text=name).click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def test_json_is_the_document_itself(open_page: Opens) -> None:
    """Byte for byte, so that it can be read again."""
    assert _save(open_page(SAMPLE), "JSON") == ("TinyResNet.json", encode(SAMPLE))


def test_png_is_a_picture_of_the_scene(open_file: Opens) -> None:
    """At least as large as the window."""
    name, content = _save(open_file(SAMPLE), "PNG")
    assert (name, content[:8]) == ("TinyResNet.png", b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(content[16:20]) >= 1280


def test_svg_holds_the_boxes_that_the_scene_shows(open_file: Opens) -> None:
    """With their names as text."""
    name, content = _save(open_file(SAMPLE), "SVG")
    drawing = ET.fromstring(content)  # noqa: S314 -- ours, a moment ago
    texts = {text for element in drawing.iter() if (text := "".join(element.itertext()).strip())}
    assert name == "TinyResNet.svg"
    assert {"conv1", "fc"} <= {word for text in texts for word in text.split()}
