"""The document itself: `visunn.graph/1`, whose schema is `schema/graph-v1.json`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visunn_lint.document import encode

if TYPE_CHECKING:
    from visunn_lint.document import Document

SUFFIXES = (".json",)
MARK = b'{"format":"visunn.graph/1"'


def export(document: Document) -> bytes:
    """Return the document as JSON on one line, ended by a newline; two runs give the same bytes."""
    return encode(document) + b"\n"
