"""The inspector: all that is known of one box, and ways to its neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.sample import SAMPLE, act, labelled, state

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Opens


@pytest.fixture
def page(open_file: Opens) -> Page:
    """Return the sample's page."""
    return open_file(SAMPLE)


def _section(page: Page, title: str) -> list[str]:
    section = page.locator(".inspector section").filter(has=page.get_by_role("heading", name=title, exact=True))
    return section.locator("li, dl > div, .ends").all_inner_texts()


def test_it_tells_name_op_shapes_and_parameters(page: Page) -> None:
    """What the card of the first viewer told, with the shapes that it never had."""
    act(page, "select", labelled("conv1"))
    expect(page.locator(".inspector h2")).to_have_text("conv1")
    facts = dict(text.split("\n", 1) for text in page.locator(".fact").all_inner_texts())
    assert facts["Op"] == "aten::conv2d"
    assert facts["Parameters"].startswith("448")
    assert facts["Source"] == "models/resnet.py:44"
    assert [" ".join(text.split()) for text in _section(page, "Inputs")] == ["2×3×32×32 float32", "from x"]
    assert [" ".join(text.split()) for text in _section(page, "Outputs")] == ["2×16×32×32 float32", "to bn1"]


def test_it_tells_tensors_and_settings(page: Page) -> None:
    """Buffers are told from parameters."""
    act(page, "select", labelled("bn1"))
    tensors = [" ".join(text.split()) for text in _section(page, "Tensors")]
    assert tensors[0] == "weight 16 float32"
    assert tensors[2] == "running_mean 16 float32, buffer"
    assert [" ".join(text.split()) for text in _section(page, "Settings")] == ["num_features 16", "eps 1e-05"]


def test_it_tells_an_ops_attributes(page: Page) -> None:
    """An op has them where a module has settings."""
    act(page, "select", labelled("flatten"))
    assert [" ".join(text.split()) for text in _section(page, "Attributes")] == ["start_dim 1", "end_dim -1"]


def test_it_shows_what_is_hovered_and_keeps_the_last(page: Page) -> None:
    """A pointer that leaves the scene leaves the card as it was."""
    act(page, "hover", labelled("fc"))
    act(page, "hover", None)
    expect(page.locator(".inspector h2")).to_have_text("fc")


def test_names_of_neighbours_lead_there(page: Page) -> None:
    """A click on a producer's name selects it."""
    act(page, "select", labelled("conv1"))
    page.get_by_role("button", name="bn1", exact=True).click()
    assert state(page, "selected") == labelled("bn1")


def test_findings_of_the_box_stand_in_it(page: Page) -> None:
    """With the line that they are about."""
    act(page, "select", labelled("conv1"))
    expect(page.locator(".inspector .finding-code")).to_have_text("VIS301")
    expect(page.locator(".inspector .source [data-marked=true]")).to_have_text(
        "        self.conv1 = nn.Conv2d(3, 16, 3, padding=1)"
    )


def test_calls_of_one_module_are_told_apart(page: Page) -> None:
    """And lead to each other."""
    relu = next(box for box, row in enumerate(SAMPLE.boxes) if row.label == "relu" and row.call == 1)
    act(page, "select", relu)
    expect(page.locator(".inspector h2 .chip")).to_have_text("call 2 of 2")
    page.get_by_role("button", name="call 1").click()
    expect(page.locator(".inspector h2 .chip")).to_have_text("call 1 of 2")


def test_buttons_open_and_expand(page: Page) -> None:
    """As click and Shift click in the scene do."""
    act(page, "select", labelled("layer1"))
    was = labelled("layer1") in state(page, "expanded")
    page.locator(".inspector-actions").get_by_role("button", name="Collapse" if was else "Expand").click()
    assert (labelled("layer1") in state(page, "expanded")) is not was
    page.locator(".inspector-actions").get_by_role("button", name="Open").click()
    assert state(page, "scope") == labelled("layer1")
