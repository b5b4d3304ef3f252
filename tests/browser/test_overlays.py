"""Overlays: heat maps with their legend, and the table that they lead to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.sample import SAMPLE, compared, labelled, state

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Opens


@pytest.fixture
def page(open_file: Opens) -> Page:
    """Return the sample's page."""
    return open_file(SAMPLE)


def test_digits_choose_what_boxes_are_coloured_by(page: Page) -> None:
    """5 does nothing where there is nothing to compare with."""
    seen = []
    for digit in "2345":
        page.keyboard.press(digit)
        seen.append(state(page, "overlay"))
    assert seen == ["parameters", "flops", "bytes", "bytes"]


def test_a_heat_map_has_its_ends_in_the_legend(page: Page) -> None:
    """From the least parameters of a box to the most."""
    page.locator(".overlays label", has_text="Params").click()
    ticks = page.locator(".heat-ticks span").all_inner_texts()
    assert [ticks[0], ticks[-1]] == ["32", "14.1 k"]


def test_the_legend_names_the_families_of_the_model(page: Page) -> None:
    """And no others."""
    expect(page.locator(".key li")).to_have_count(len({box.family for box in SAMPLE.boxes}))


def test_the_table_sorts_by_any_column(page: Page) -> None:
    """Most first; the same column once more turns it around."""
    page.get_by_role("tab", name="Figures").click()
    page.get_by_role("button", name="FLOPs").click()
    header = page.get_by_role("columnheader", name="FLOPs")
    expect(header).to_have_attribute("aria-sort", "descending")
    first = page.locator(".figures .rows [role=row] [role=rowheader]").first
    expect(first).to_have_text("layer1.0.conv1")
    header.get_by_role("button").click()
    expect(header).to_have_attribute("aria-sort", "ascending")
    page.get_by_role("button", name="Name").click()
    expect(first).to_have_text("avgpool")


def test_sorting_by_a_figure_colours_the_scene_by_it(page: Page) -> None:
    """The table and the heat map tell one thing."""
    page.get_by_role("tab", name="Figures").click()
    page.get_by_role("button", name="Memory").click()
    assert state(page, "overlay") == "bytes"


def test_a_name_in_the_table_leads_to_its_box(page: Page) -> None:
    """By mouse or key."""
    page.get_by_role("tab", name="Figures").click()
    page.get_by_role("button", name="fc", exact=True).press("Enter")
    assert state(page, "selected") == labelled("fc")


def test_a_diff_lists_what_changed(open_file: Opens) -> None:
    """What has a place in the scene leads there; what went and left none does not."""
    page = open_file(compared())
    page.keyboard.press("5")
    assert state(page, "overlay") == "changes"
    page.get_by_role("tab", name="Diff").click()
    changes = page.locator(".change")
    expect(changes.locator(".change-name")).to_have_text(["layer1.2", "conv1", "dropout"])
    expect(changes.nth(1).locator("dl")).to_have_text("out_channels816")
    changes.nth(0).get_by_role("button").click()
    assert state(page, "selected") == labelled("2")
    expect(changes.nth(2).get_by_role("button")).to_be_disabled()
