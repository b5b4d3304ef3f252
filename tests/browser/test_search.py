"""Search: by path, kind, op and shape, from any place of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.sample import SAMPLE, labelled, state

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Opens


@pytest.fixture
def page(open_file: Opens) -> Page:
    """Return the sample's page with the search open."""
    page = open_file(SAMPLE)
    page.keyboard.press("/")
    return page


def test_a_slash_opens_it_and_escape_closes_it(page: Page) -> None:
    """The field has the focus at once."""
    expect(page.get_by_role("combobox", name="Search")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_hits_have_the_words_marked(page: Page) -> None:
    """Words are found in path, kind and shape alike."""
    page.keyboard.type("avg 16x1")
    hit = page.get_by_role("option")
    expect(hit).to_have_count(1)
    assert hit.locator("mark").all_inner_texts() == ["avg", "Avg", "16×1"]


def test_enter_flies_to_the_hit_that_is_marked(page: Page) -> None:
    """Arrows choose among them."""
    page.keyboard.type("conv2 layer1")
    expect(page.locator("[role=option][aria-selected=true]")).to_contain_text("layer1.0.conv2")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[role=option][aria-selected=true]")).to_contain_text("layer1.1.conv2")
    page.keyboard.press("Enter")
    blocks = [box for box, row in enumerate(SAMPLE.boxes) if row.label == "conv2"]
    assert state(page, "selected") == blocks[1]
    assert state(page, "camera")["kind"] == "fly"


def test_keys_of_the_page_are_letters_in_it(page: Page) -> None:
    """An M in a question merges nothing."""
    page.keyboard.type("maxpool")
    assert state(page, "merged") is False


def test_a_click_chooses(page: Page) -> None:
    """And closes the search."""
    page.keyboard.type("fc")
    page.get_by_role("option").first.click()
    assert state(page, "selected") == labelled("fc")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_nothing_found_is_said(page: Page) -> None:
    """In a word, where a reader of screens hears it."""
    page.keyboard.type("lstm")
    expect(page.locator(".search-count")).to_have_text("Nothing is called so.")
