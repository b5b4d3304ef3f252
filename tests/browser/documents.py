"""The documents that pages show: of targets, each made once in a session, or made by hand."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TypeAlias

from visunn_lint.cli._documents import Asked, document_of
from visunn_lint.cli._options import CaptureOptions, ProjectOptions
from visunn_lint.cli._scale import CacheOptions
from visunn_lint.cli._terminal import Terminal
from visunn_lint.document import Document, encode

ROOT = Path(__file__).parents[2]

Subject: TypeAlias = Document | bytes | str
"""A document, its bytes, or a target as on the command line, such as ``examples/net.py::Net``."""


def bytes_of(subject: Subject) -> bytes:
    """Return the document that a page is to show."""
    if isinstance(subject, str):
        return _of_target(subject)
    return subject if isinstance(subject, bytes) else encode(subject)


@cache
def _of_target(target: str) -> bytes:
    given = CaptureOptions(inputs=(), engine="auto", timeout=None, allow_network=False)
    forgetful = CacheOptions(no_cache=True, cache_dir=None)
    place = str(ROOT / target) if (ROOT / target.partition("::")[0]).exists() else target
    asked = Asked(place, "eval", given, forgetful, ProjectOptions((), isolated=True))
    document = document_of(asked, Terminal(quiet=True))
    assert isinstance(document, Document), document
    return encode(document)
