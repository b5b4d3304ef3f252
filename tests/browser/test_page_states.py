"""The page in straits: no graph, no WebGL, no room, a run that failed, a server that captures anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from playwright.sync_api import expect

from tests.browser import chromium
from tests.browser.opening import Looks, Opener
from tests.browser.sample import SAMPLE, act, labelled, state
from visunn_lint.document import encode
from visunn_lint.document.records import Failure
from visunn_lint.render.page import page as page_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Playwright

    from tests.browser.conftest import Opens
    from tests.browser.documents import Subject
    from tests.browser.serving import Running
    from visunn_lint.render.bundle import Bundle

PHONE = Looks(width=390, height=844)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"{", "The document of this page is not whole: it is no JSON."),
        (b'{"format": "onnx"}', "This viewer shows visunn.graph/1; the document has “onnx”."),
        (b"[]", "This file holds no graph: a JSON object was expected."),
    ],
)
def test_what_is_no_document_is_said_in_a_line(open_file: Opens, document: bytes, reason: str) -> None:
    """The page is not blank, and nothing is thrown."""
    expect(open_file(document).get_by_role("alert")).to_have_text(reason)


def test_an_empty_document_is_shown(open_file: Opens) -> None:
    """A model without a single box has a name and totals all the same."""
    empty = msgspec.structs.replace(SAMPLE, boxes=(), edges=(), folds=(), findings=(), modules=())
    page = open_file(empty)
    expect(page.locator("h1", has_text="TinyResNet")).to_be_visible()


def test_a_run_that_failed_says_why_and_where(open_file: Opens) -> None:
    """The graph up to there stays."""
    failure = Failure("mat1 and mat2 shapes cannot be multiplied", module=1)
    page = open_file(msgspec.structs.replace(SAMPLE, failure=failure))
    expect(page.locator(".notice")).to_contain_text("Forward stopped: mat1 and mat2 shapes cannot be multiplied")
    page.get_by_role("button", name="Show where").click()
    assert state(page, "selected") == labelled("conv1")


def test_without_webgl_there_are_a_drawing_and_the_tree(playwright: Playwright, bundle: Bundle, tmp_path: Path) -> None:
    """It is as wide as there is room, within what can be read; a click in it drills, as one in the scene does."""
    flat = chromium.launch(playwright, "--disable-3d-apis")
    opener = Opener(flat, tmp_path)
    page = opener.file(page_of(bundle, encode(SAMPLE)))
    expect(page.get_by_role("treeitem").first).to_be_visible()
    drawing, frame = page.locator(".diagram svg"), page.locator(".diagram-frame")
    drawn = float(drawing.get_attribute("width") or 0)
    width = float(drawing.evaluate("each => each.getBoundingClientRect().width"))
    room = float(frame.evaluate("each => each.clientWidth"))
    assert width == pytest.approx(min(max(room, 0.4 * drawn), 1.2 * drawn), abs=1)
    page.locator(f".diagram svg [data-box='{labelled('fc')}']").first.click()
    assert state(page, "selected") == labelled("fc")
    opener.close()
    flat.close()


def test_on_a_phone_panels_are_sheets(open_file: Opens) -> None:
    """One at a time over the lower half, closed by its button or by Escape."""
    page = open_file(SAMPLE, PHONE)
    tree, inspector = page.get_by_role("tree"), page.locator(".inspector")
    expect(tree).to_be_hidden()
    expect(inspector).to_be_hidden()
    page.get_by_role("button", name="Modules").click()
    expect(tree).to_be_visible()
    page.get_by_role("button", name="Inspect").click()
    expect(tree).to_be_hidden()
    expect(inspector).to_be_visible()
    page.keyboard.press("Escape")
    expect(inspector).to_be_hidden()


def test_on_a_phone_nothing_lies_beside_the_page(open_file: Opens) -> None:
    """What is to be pressed is within the window."""
    page = open_file(SAMPLE, PHONE)
    act(page, "drill", labelled("1"))
    edges = page.locator("button:visible").evaluate_all(
        "all => all.map(each => each.getBoundingClientRect()).map(({left, right}) => [left, right])"
    )
    assert [(left, right) for left, right in edges if left < 0 or right > PHONE.width] == []


def test_a_new_capture_is_shown_where_the_reader_is(serve: Callable[[Subject], Running], opener: Opener) -> None:
    """The page keeps its place, and says that it is new."""
    run = serve(SAMPLE)
    page = opener.address(run.url, run.origin)
    page.get_by_role("treeitem").first.wait_for()
    act(page, "drill", labelled("layer1"))
    run.exhibit.show(encode(msgspec.structs.replace(SAMPLE, name="Renewed")))
    expect(page.locator("h1", has_text="Renewed")).to_be_visible()
    expect(page.locator(".notice")).to_contain_text("Captured anew")
    assert state(page, "scope") == labelled("layer1")


def test_a_capture_that_fails_leaves_the_last_graph(serve: Callable[[Subject], Running], opener: Opener) -> None:
    """With the reason in a bar."""
    run = serve(SAMPLE)
    page = opener.address(run.url, run.origin)
    page.get_by_role("treeitem").first.wait_for()
    run.exhibit.fail("model.py:3: NameError: name 'nn' is not defined")
    expect(page.locator(".notice")).to_have_text("model.py:3: NameError: name 'nn' is not definedClose")
    expect(page.locator("h1", has_text="TinyResNet")).to_be_visible()
