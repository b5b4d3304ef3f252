"""The page that a notebook shows of a topology."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from visunn_lint.document import build, encode
from visunn_lint.errors import VisunnError
from visunn_lint.render import bundle
from visunn_lint.render.page import page

if TYPE_CHECKING:
    from visunn_lint.topology import Topology

_MOST: Final = 4_000_000
"""A notebook keeps what its cells show: a document of more bytes is not put into it."""


def notebook_page(topology: Topology) -> str:
    """Return the viewer's page with a topology in it; "" where it would be too large, or the viewer is not built."""
    document = encode(build(topology, root=Path.cwd()))
    if len(document) > _MOST:
        return ""
    try:
        return page(bundle.read(), document)
    except VisunnError:
        return ""
