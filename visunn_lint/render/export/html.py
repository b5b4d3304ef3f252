"""The viewer with the document in it: one file that needs nothing else, from disk or from a CI artifact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visunn_lint.document import encode
from visunn_lint.render import bundle
from visunn_lint.render.page import page

if TYPE_CHECKING:
    from visunn_lint.document import Document

SUFFIXES = (".html", ".htm")
MARK = b"<title>visunn</title>"


def export(document: Document) -> bytes:
    """Return the page; raises VisunnError if the viewer was not built."""
    return page(bundle.read(), encode(document)).encode()
