"""Ways through a model: toolbar, breadcrumbs, links, and the browser's own buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.sample import SAMPLE, act, labelled, state

if TYPE_CHECKING:
    from tests.browser.conftest import Opens


def test_previous_module_and_root_module(open_page: Opens) -> None:
    """Previous goes to the parent; both are disabled at the root."""
    page = open_page(SAMPLE)
    previous, root = (page.get_by_role("button", name=name) for name in ("Previous module", "Root module"))
    expect(previous).to_be_disabled()
    expect(root).to_be_disabled()
    act(page, "drill", labelled("1"))
    previous.click()
    assert state(page, "scope") == labelled("layer1")
    act(page, "drill", labelled("1"))
    root.click()
    assert state(page, "scope") == 0


def test_reset_buttons_ask_the_camera(open_file: Opens) -> None:
    """Each time anew."""
    page = open_file(SAMPLE)
    page.get_by_role("button", name="Reset rotation").click()
    first = state(page, "camera")
    page.get_by_role("button", name="Reset position").click()
    second = state(page, "camera")
    assert [first["kind"], second["kind"], second["turn"] - first["turn"]] == ["rotation", "position", 1]


def test_breadcrumbs_lead_back(open_file: Opens) -> None:
    """From the model down; the last is where the page is."""
    page = open_file(SAMPLE)
    act(page, "drill", labelled("1"))
    crumbs = page.get_by_role("navigation", name="Breadcrumbs")
    expect(crumbs.locator(".crumb")).to_have_text(["TinyResNet", "layer1", "1"])
    expect(crumbs.locator("[aria-current=page]")).to_have_text("1")
    crumbs.get_by_role("button", name="layer1").click()
    assert state(page, "scope") == labelled("layer1")


def test_folds_and_merged_calls_are_toggled(open_file: Opens) -> None:
    """By button and by key."""
    page = open_file(SAMPLE)
    fold, merge = (page.get_by_role("button", name=name) for name in ("Fold repeats", "Merge calls"))
    expect(fold).to_have_attribute("aria-pressed", "true")
    fold.click()
    assert state(page, "unfolded") == [0]
    page.keyboard.press("f")
    assert state(page, "unfolded") == []
    merge.click()
    assert state(page, "merged") is True
    page.keyboard.press("m")
    expect(merge).to_have_attribute("aria-pressed", "false")


def test_a_link_opens_the_page_where_it_was_taken(open_page: Opens) -> None:
    """Scope, selection, what is open, overlay and merging."""
    page = open_page(SAMPLE, fragment="in=layer1&at=layer1/1/conv1&open=layer1/1&unfold=layer1/0&show=flops&merged")
    place = [state(page, field) for field in ("scope", "expanded", "unfolded", "overlay", "merged")]
    assert place == [labelled("layer1"), [labelled("1")], [0], "flops", True]
    assert SAMPLE.boxes[state(page, "selected")].label == "conv1"


def test_the_browsers_buttons_go_back_and_forward(open_page: Opens) -> None:
    """Through the modules that were drilled into."""
    page = open_page(SAMPLE)
    act(page, "drill", labelled("layer1"))
    act(page, "drill", labelled("1"))
    page.go_back()
    assert state(page, "scope") == labelled("layer1")
    page.go_back()
    assert state(page, "scope") == 0
    page.go_forward()
    assert state(page, "scope") == labelled("layer1")


def test_the_header_tells_the_totals(open_file: Opens) -> None:
    """In full, with the input and how the graph was captured."""
    page = open_file(SAMPLE)
    totals = SAMPLE.totals
    expect(page.locator(".totals span")).to_have_text(
        [
            f"{totals.parameters:,} parameters",
            f"{totals.flops / 1e6:.1f} MFLOPs",
            "input 2×3×32×32 float32",
            "captured on meta, eval",
        ]
    )
