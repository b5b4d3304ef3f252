"""The label at the pointer: what is under it, and the modules around that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.sample import SAMPLE, act, labelled

if TYPE_CHECKING:
    from tests.browser.conftest import Opens


def test_it_shows_the_path_indented(open_page: Opens) -> None:
    """Each module around it a step further in, the inspector beside it telling of the same box."""
    page = open_page(SAMPLE)
    page.wait_for_function("window.visunn.project !== undefined")
    box = labelled("conv2")
    act(page, "goTo", {"scope": labelled("0")})
    page.wait_for_function("box => window.visunn.project(box) !== null", arg=box)
    page.wait_for_timeout(300)
    point = page.evaluate("box => window.visunn.project(box)", box)
    page.mouse.move(point["x"], point["y"])
    steps = page.locator(".hover-step")
    expect(steps.last).to_have_text("conv2Conv2d 16→16, 3×3")
    indents = steps.evaluate_all("all => all.map(each => parseInt(each.style.paddingInlineStart))")
    assert indents == [0, 12, 24, 36]
    expect(page.locator(".inspector h2")).to_have_text("conv2")


def test_it_is_not_shown_for_what_is_hovered_elsewhere(open_file: Opens) -> None:
    """A row of the tree has its name already."""
    page = open_file(SAMPLE)
    page.locator(f"[data-box='{labelled('fc')}']").hover()
    expect(page.locator(".hover-step").last).to_contain_text("fc")
    expect(page.locator(".hover-label")).to_be_hidden()
