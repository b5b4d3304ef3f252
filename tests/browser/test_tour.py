"""A tour of all that the page can do: it asks nobody else, breaks no rule of its policy, and complains of nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.browser.opening import Looks
from tests.browser.sample import compared, labelled, state
from tests.browser.scene import Scene

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Opens
    from tests.browser.opening import Opener


def test_a_tour_of_everything(open_page: Opens, opener: Opener) -> None:
    """By mouse and keys, as one file and in front of a server; whatever else is asked for fails the test."""
    page = open_page(compared(), Looks(less_motion=False))
    for visit in (_scene, _modules, _search, _findings, _figures, _changes, _looks, _files, _links, _help):
        visit(page)
    addresses = {urlsplit(url).path for url in opener.watches[0].asked if url.startswith("http")}
    assert addresses <= {"/", "/document.json", "/changes"}


def _scene(page: Page) -> None:
    """Turn, move, zoom, point, drill in and come back."""
    scene = Scene(page)
    page.wait_for_function("(box) => window.visunn.project?.(box)", arg=labelled("x"))
    scene.drag(scene.ground(), 60, 10)
    scene.drag(scene.ground(), -30, 20, "right")
    page.mouse.wheel(0, -200)
    for button in ("Reset rotation", "Reset position", "Merge calls", "Merge calls"):
        page.get_by_role("button", name=button).click()
    scene.hover(labelled("conv1"))
    expect(page.locator(".hover-label")).to_be_visible()
    page.evaluate("(box) => window.visunn.store.getState().toggle(box)", labelled("layer1"))
    scene.click(labelled("layer1"))
    assert scene.scope() == labelled("layer1")
    page.keyboard.press("Backspace")
    assert scene.scope() == 0


def _modules(page: Page) -> None:
    """Walk through the tree, open a module in place, unfold what is alike."""
    page.get_by_role("tab", name="Modules").click()
    page.get_by_role("treeitem").first.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "Space", "f", "f"):
        page.keyboard.press(key)


def _search(page: Page) -> None:
    """Find a layer and fly there."""
    page.keyboard.press("/")
    page.keyboard.type("conv2 layer1.1")
    page.keyboard.press("Enter")
    assert state(page, "selected") is not None


def _findings(page: Page) -> None:
    """From one to the next and back."""
    page.get_by_role("tab", name="Findings").click()
    for key in ("n", "n", "p"):
        page.keyboard.press(key)
    expect(page.locator(".finding[data-current=true]")).to_have_count(1)


def _figures(page: Page) -> None:
    """Each heat map, and the table by each of its columns."""
    page.get_by_role("tab", name="Figures").click()
    for key in ("2", "3", "4"):
        page.keyboard.press(key)
    for header in page.get_by_role("columnheader").all():
        header.get_by_role("button").first.click()


def _changes(page: Page) -> None:
    """Look at what came, went and changed."""
    page.get_by_role("tab", name="Diff").click()
    page.keyboard.press("5")
    assert state(page, "overlay") == "changes"
    page.keyboard.press("1")


def _looks(page: Page) -> None:
    """Each theme in each palette."""
    for palette in ("classic", "contrast", "standard"):
        page.evaluate("(name) => window.visunn.store.getState().setPalette(name)", palette)
        page.keyboard.press("t")
        page.keyboard.press("t")
    page.get_by_role("button", name="Theme and colours").click()
    page.keyboard.press("Escape")


def _files(page: Page) -> None:
    """All files that it writes."""
    for kind in ("PNG", "SVG", "JSON"):
        page.get_by_role("button", name="Export").click()
        with page.expect_download():
            page.locator(".menu-list button", has_text=kind).click()


def _links(page: Page) -> None:
    """Into a module, back and forward."""
    page.evaluate("(box) => window.visunn.store.getState().drill(box)", labelled("layer1"))
    page.go_back()
    page.wait_for_function("window.visunn.store.getState().scope === 0")
    page.go_forward()
    page.wait_for_function("window.visunn.store.getState().scope !== 0")
    page.keyboard.press("h")


def _help(page: Page) -> None:
    """All keys in a list."""
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Help")).to_be_visible()
    page.keyboard.press("Escape")
