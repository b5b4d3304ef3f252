"""The document that the panels are tested with, and what a test asks of a page that shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from tests.browser.documents import ROOT
from visunn_lint.document import Document, decode
from visunn_lint.document.records import Against, Change

if TYPE_CHECKING:
    from playwright.sync_api import Page

SAMPLE = decode((ROOT / "web/tests/sample.json").read_bytes())
"""A small network: a stem, three equal blocks in `layer1` that call their `relu` twice, a linear layer.

`aux` is never called; the rules found one error, two warnings and one note.
"""


def labelled(label: str, document: Document = SAMPLE) -> int:
    """Return the id of the first box of that label."""
    return next(box for box, row in enumerate(document.boxes) if row.label == label)


def compared() -> Document:
    """Return the sample beside an older one: `layer1.2` came, `conv1` changed, `dropout` went."""
    changes = (
        Change("added", None, "layer1.2", labelled("2")),
        Change("changed", "conv1", "conv1", labelled("conv1"), (("out_channels", "8", "16"),)),
        Change("removed", "dropout", None),
    )
    return msgspec.structs.replace(SAMPLE, against=Against("v1.json", changes))


def state(page: Page, field: str) -> Any:  # noqa: ANN401 -- whatever the page keeps in that field
    """Return a field of the page's state, sets as sorted lists."""
    return page.evaluate(
        """field => {
          const value = window.visunn.store.getState()[field];
          return value instanceof Set ? [...value].sort((a, b) => a - b) : value;
        }""",
        field,
    )


def act(page: Page, action: str, *values: object) -> None:
    """Do what a click in the scene does, where the scene itself is not what is tested."""
    page.evaluate(
        "([action, values]) => { window.visunn.store.getState()[action](...values); }", [action, list(values)]
    )
