"""Hostile names in every panel: they are read as they were written, and none of them runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from playwright.sync_api import expect

from tests.browser.sample import SAMPLE, act
from visunn_lint.document.records import Against, Change, Document

if TYPE_CHECKING:
    from tests.browser.conftest import Opens

NASTY = '</script><script>stolen = 1</script><img src=x onerror="stolen = 1">\u202e\x00\x1b[31m{{7*7}}`'


def _hostile() -> Document:
    """Return the sample with the name wherever a document has text of a user's."""
    replace = msgspec.structs.replace
    return replace(
        SAMPLE,
        name=NASTY,
        files=(NASTY,),
        boxes=tuple(
            replace(box, label=NASTY, op=NASTY, attributes={NASTY: NASTY}, reads=(NASTY,)) for box in SAMPLE.boxes
        ),
        modules=tuple(
            replace(module, path=NASTY, kind=NASTY, details=NASTY, settings={NASTY: NASTY}, aliases=(NASTY,))
            for module in SAMPLE.modules
        ),
        findings=tuple(
            replace(finding, code=NASTY, rule=NASTY, message=NASTY, help=NASTY, lines=((1, NASTY),))
            for finding in SAMPLE.findings
        ),
        against=Against(NASTY, (Change("changed", NASTY, NASTY, 2, ((NASTY, NASTY, NASTY),)),)),
    )


def test_no_panel_runs_a_name(open_page: Opens) -> None:
    """Each panel is opened; the policy reports nothing, and the page is still itself."""
    page = open_page(_hostile())
    expect(page.locator("h1")).to_have_text(NASTY)
    act(page, "drill", 5)
    act(page, "hover", 6)
    act(page, "fly", 2)
    expect(page.locator(".inspector h2")).to_contain_text("</script><script>")
    for tab in ("findings", "figures", "changes", "modules"):
        page.evaluate("tab => document.getElementById(`tab-${tab}`).click()", tab)
        expect(page.locator(".dock-panel")).to_contain_text("onerror")
    page.keyboard.press("/")
    page.keyboard.type("<img")
    expect(page.get_by_role("option").first.locator("mark").first).to_have_text("<img")
    assert page.evaluate("[typeof stolen, document.images.length]") == ["undefined", 0]


def test_a_link_cannot_bring_one_in(open_file: Opens) -> None:
    """What a link names and the model lacks is left out, not shown."""
    page = open_file(SAMPLE, fragment="in=%3Cimg%20src=x%20onerror=stolen=1%3E&at=javascript:stolen=1&show=__proto__")
    expect(page.locator("h1")).to_have_text(SAMPLE.name)
    assert page.evaluate("[typeof stolen, document.images.length]") == ["undefined", 0]
