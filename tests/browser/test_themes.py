"""Themes and palettes: as the system asks, as the reader chooses, and remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest
from playwright.sync_api import expect

from tests.browser.opening import Looks
from tests.browser.sample import SAMPLE, state

if TYPE_CHECKING:
    from tests.browser.conftest import Opens


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_systems_theme_is_taken(open_file: Opens, theme: Literal["dark", "light"]) -> None:
    """Until the reader chooses another."""
    page = open_file(SAMPLE, Looks(theme=theme))
    expect(page.locator("html")).to_have_attribute("data-theme", theme)


def test_a_choice_outlives_the_page(open_server: Opens) -> None:
    """The next visit begins with it."""
    page = open_server(SAMPLE)
    page.keyboard.press("t")
    page.get_by_role("button", name="Theme and colours").click()
    page.get_by_role("radio", name="Classic").check()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    assert state(page, "palette") == "classic"


def test_the_classic_legend_tells_kinds(open_file: Opens) -> None:
    """In the colours that Visunn began with."""
    page = open_file(SAMPLE)
    page.get_by_role("button", name="Theme and colours").click()
    page.get_by_role("radio", name="Classic").check()
    keys = page.locator(".key li")
    expect(keys).to_have_text(["module", "op", "input", "output"])
    colours = keys.locator(".swatch").evaluate_all("all => all.map(each => getComputedStyle(each).backgroundColor)")
    assert colours == ["rgb(72, 52, 212)", "rgb(83, 92, 104)", "rgb(34, 166, 179)", "rgb(240, 147, 43)"]


@pytest.mark.parametrize("less_motion", [True, False])
def test_the_scene_turns_unless_little_motion_is_asked_for(open_file: Opens, less_motion: bool) -> None:  # noqa: FBT001 -- a parameter
    """Until the first drag."""
    page = open_file(SAMPLE, Looks(less_motion=less_motion))
    assert state(page, "spinning") is not less_motion
