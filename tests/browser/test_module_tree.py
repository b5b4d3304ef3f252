"""The module tree: the scene's boxes as rows, for the keyboard and for screen readers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.sample import SAMPLE, act, labelled, state
from visunn_lint.document import Document
from visunn_lint.document.records import FORMAT, Box, Capture, Totals

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Opens


@pytest.fixture
def page(open_file: Opens) -> Page:
    """Return the sample's page, with the focus on the tree's first row."""
    page = open_file(SAMPLE)
    page.locator("[role=treeitem]").first.focus()
    return page


def _press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def _focused(page: Page) -> Locator:
    return page.locator("[role=treeitem]:focus .tree-label")


def test_arrows_walk_through_rows(page: Page) -> None:
    """Down goes in, right opens, left closes or goes to the row around."""
    _press(page, "ArrowDown", "ArrowDown")
    expect(_focused(page)).to_have_text("conv1")
    _press(page, "ArrowDown", "ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight")
    expect(_focused(page)).to_have_text("0")
    _press(page, "ArrowLeft")
    expect(_focused(page)).to_have_text("layer1")
    _press(page, "ArrowLeft", "ArrowLeft")
    expect(_focused(page)).to_have_text("TinyResNet")


def test_a_row_that_opens_keeps_the_focus(page: Page) -> None:
    """However long the next key takes to come: what opens or closes is where the keyboard stands."""
    _press(page, "End", "ArrowUp", "Home", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown")
    for key, label in (("ArrowRight", "layer1"), ("ArrowRight", "0"), ("ArrowLeft", "layer1"), ("ArrowLeft", "layer1")):
        _press(page, key)
        page.wait_for_timeout(100)
        expect(_focused(page)).to_have_text(label)


def test_one_row_is_in_the_order_of_tab(page: Page) -> None:
    """Tab leaves the tree, wherever in it the focus is."""
    _press(page, "ArrowDown", "ArrowDown")
    expect(page.locator("[role=treeitem][tabindex='0']")).to_have_count(1)
    expect(page.locator("[role=treeitem][tabindex='0'] .tree-label")).to_have_text("conv1")


def test_the_row_with_the_focus_is_hovered_in_the_scene(page: Page) -> None:
    """The canvas and the inspector show what the keyboard stands on."""
    _press(page, "ArrowDown", "ArrowDown")
    assert state(page, "hovered") == labelled("conv1")
    expect(page.locator(".inspector h2")).to_have_text("conv1")


def test_enter_drills_into_a_module(page: Page) -> None:
    """Enter does what a click in the scene does."""
    _press(page, *["ArrowDown"] * 5, "Enter")
    assert state(page, "scope") == labelled("layer1")


def test_space_expands_in_place(page: Page) -> None:
    """Space opens a module in the scene where it stands, and closes it again."""
    act(page, "goTo", {"scope": 0})
    was = labelled("layer1") in state(page, "expanded")
    _press(page, *["ArrowDown"] * 5, "Space")
    assert (labelled("layer1") in state(page, "expanded")) is not was


def test_rows_tell_their_level_and_place(page: Page) -> None:
    """A screen reader says: layer1, level 2, 5 of 10, collapsed."""
    row = page.locator(f"[data-box='{labelled('layer1')}']")
    told = [row.get_attribute(f"aria-{name}") for name in ("level", "posinset", "setsize", "expanded")]
    assert told == ["2", "5", "10", "false"]


def test_modules_that_no_call_reached_are_there(page: Page) -> None:
    """What the scene cannot show, having no box, the tree does."""
    expect(page.locator(".tree-missed")).to_have_text("auxLinear 16→10never called")


def test_equal_blocks_stand_in_one_row_until_unfolded(page: Page) -> None:
    """The ×3 of a row shows all three."""
    _press(page, *["ArrowDown"] * 5, "ArrowRight")
    blocks = page.locator("[role=treeitem][aria-level='3'] .tree-label")
    expect(blocks).to_have_text(["0"])
    page.locator(".tree-times").click()
    expect(blocks).to_have_text(["0", "1", "2"])


def test_what_is_selected_elsewhere_is_opened_and_marked(page: Page) -> None:
    """The tree follows the scene."""
    act(page, "fly", labelled("conv2"))
    expect(page.locator("[role=treeitem][aria-selected='true'] .tree-label")).to_have_text("conv2")


def test_of_many_rows_few_are_in_the_page(open_file: Opens) -> None:
    """A hundred thousand boxes cost as much as a screenful, and the last of them is reached by one key."""
    many = 100_000
    around = (Box("module", "Wide", "container"), Box("module", "body", "container", parent=0))
    leaves = tuple(Box("op", f"op{number}", "other", parent=1) for number in range(many))
    totals = Totals(0, 0, 0, 0, 0, 1, many)
    page = open_file(
        Document(
            format=FORMAT,
            generator="visunn",
            name="Wide",
            capture=Capture("native", "meta", "eval"),
            totals=totals,
            boxes=(*around, *leaves),
        )
    )
    page.locator("[role=treeitem]").first.focus()
    _press(page, "ArrowDown", "ArrowRight", "End")
    expect(_focused(page)).to_have_text(f"op{many - 1}")
    assert page.locator("[role=treeitem]").count() < 100
