"""The list of findings, and the keys that fly between them."""

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
    """Return the sample's page."""
    return open_file(SAMPLE)


def test_n_and_p_fly_between_them(page: Page) -> None:
    """From the gravest on, around the end and back, the current one marked in the list."""
    page.keyboard.press("n")
    expect(page.locator(".finding[data-current=true] .finding-code")).to_have_text("VIS101")
    assert state(page, "selected") == 0
    page.keyboard.press("n")
    expect(page.locator(".finding[data-current=true] .finding-code")).to_have_text("VIS301")
    assert state(page, "selected") == labelled("conv1")
    page.keyboard.press("p")
    page.keyboard.press("p")
    expect(page.locator(".finding[data-current=true] .finding-code")).to_have_text("VIS110")


def test_each_shows_severity_message_source_and_help(page: Page) -> None:
    """The marked line is the one that the finding is about."""
    page.get_by_role("tab", name="Findings").click()
    first = page.locator(".dock .finding").first
    expect(first.locator(".finding-title")).to_have_text("error: VIS101unused-module")
    expect(first.locator(".finding-message")).to_have_text("aux (Linear, 170 parameters) is never called")
    expect(first.locator("figcaption")).to_have_text("models/resnet.py:50")
    expect(first.locator("[data-marked=true]")).to_have_text("        self.aux = nn.Linear(16, 10)")
    expect(first.locator(".finding-help")).to_have_text("call it in forward, or remove it")


def test_the_tab_counts_them(page: Page) -> None:
    """So that a reader sees without a click that there are some."""
    expect(page.get_by_role("tab", name="Findings")).to_have_text("Findings4")


def test_flying_opens_a_fold_that_hides_the_place(page: Page) -> None:
    """The second block is drawn in the first until its finding is visited."""
    page.get_by_role("tab", name="Findings").click()
    page.locator(".dock .finding").nth(2).locator(".finding-go").click()
    assert state(page, "unfolded") == [0]
    assert SAMPLE.boxes[state(page, "selected")].label == "conv2"


def test_the_tree_counts_them_on_closed_parents(page: Page) -> None:
    """`layer1` holds one warning and one note."""
    row = page.locator(f"[data-box='{labelled('layer1')}'] .finding-count")
    assert [row.nth(at).get_attribute("data-severity") for at in range(row.count())] == ["warning", "info"]
