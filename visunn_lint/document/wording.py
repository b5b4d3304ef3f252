"""Names and messages as a document may hold them: any reader can decode, print and lay them out."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from visunn_lint.text import safe

if TYPE_CHECKING:
    from visunn_lint.spec import Plain

_LONGEST: Final = 400
_LONGEST_PROSE: Final = 4000
_LONGEST_VALUE: Final = 120
_LONGEST_LINE: Final = 240


@lru_cache(maxsize=65536)
def name(text: str) -> str:
    r"""Return a name on one line, control characters and lone surrogates written out (``\x1b``, ``\udc80``).

    Of one that is very long, the middle is left out: the paths of deeply nested modules are told apart
    by their ends.
    """
    return _shortened(safe(text), _LONGEST)


@lru_cache(maxsize=65536)
def prose(text: str) -> str:
    """Return a message with its line breaks, each line without control characters."""
    return _shortened("\n".join(safe(line) for line in text.splitlines()), _LONGEST_PROSE)


def code(line: str) -> str:
    """Return a line of source with spaces for its tabs, cut where nobody reads on."""
    shown = safe(line.expandtabs(4).rstrip())
    return shown if len(shown) <= _LONGEST_LINE else f"{shown[: _LONGEST_LINE - 1]}…"


def value(plain: Plain) -> str:
    """Return a constructor's or an op's argument as Python writes it."""
    return _shortened(safe(repr(plain)), _LONGEST_VALUE)


def _shortened(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    half = most // 2
    return f"{text[:half]}…{text[1 - half :]}"
