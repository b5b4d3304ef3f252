"""The page for those who do not use a mouse, or do not see the scene."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest
from playwright.sync_api import expect

from tests.browser.documents import ROOT
from tests.browser.opening import Looks
from tests.browser.sample import compared, labelled, state

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Opens

AXE = ROOT / "web/node_modules/axe-core/axe.min.js"


@pytest.fixture(scope="module")
def axe() -> str:
    """Return the script of axe-core, which judges a page's accessibility."""
    if not AXE.exists():
        pytest.skip("no axe-core: run `npm ci --ignore-scripts` in web/")
    return AXE.read_text()


def _grave(page: Page, axe: str) -> list[str]:
    """Return what axe-core finds that is serious or worse."""
    page.evaluate(axe)
    found = page.evaluate("axe.run({ resultTypes: ['violations'] })")["violations"]
    return [
        f"{each['id']}: {node['html']}"
        for each in found
        if each["impact"] in {"serious", "critical"}
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_serious(open_file: Opens, axe: str, theme: Literal["dark", "light"], width: int) -> None:
    """In any panel or dialog."""
    looks = Looks(width=width, height=844, theme=theme, bypass_policy=True)
    page = open_file(compared(), looks)
    found = _grave(page, axe)
    for tab in ("findings", "figures", "changes"):
        page.evaluate("tab => document.getElementById(`tab-${tab}`).click()", tab)
        found += _grave(page, axe)
    for key in ("/", "?"):
        page.keyboard.press(key)
        page.keyboard.type("conv") if key == "/" else None
        found += _grave(page, axe)
        page.keyboard.press("Escape")
    assert found == []


def test_all_controls_are_reached_by_tab(open_file: Opens) -> None:
    """Each of them shows that it has the focus."""
    page = open_file(compared())
    names = []
    for _ in range(40):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if focused.count() == 0:
            break
        names.append(focused.evaluate("each => each.getAttribute('role') || each.innerText || each.tagName"))
        assert focused.evaluate(
            """each => {
              const outlined = [each, each.nextElementSibling].filter(Boolean).map(at => getComputedStyle(at));
              return outlined.some(({ outlineStyle }) => outlineStyle !== 'none');
            }"""
        ), names[-1]
    wanted = {"tab", "treeitem", "Export", "Help", "Theme and colours", "Reset rotation", "Merge calls"}
    assert wanted - set(names) == set()


def test_a_tour_by_keys_alone(open_file: Opens) -> None:
    """Search a layer, open its block, look at the next finding, turn back, read the help."""
    page = open_file(compared())
    press = page.keyboard.press
    press("/")
    page.keyboard.type("layer1.1")
    press("Enter")
    assert state(page, "selected") == labelled("1")
    press("Enter")
    assert state(page, "scope") == labelled("1")
    press("n")
    press("n")
    expect(page.locator(".finding[data-current=true]")).to_contain_text("VIS301")
    press("h")
    assert state(page, "scope") == 0
    press("?")
    expect(page.get_by_role("dialog", name="Help")).to_contain_text("Next finding")
    press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
