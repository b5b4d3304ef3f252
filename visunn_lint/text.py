"""Text that is safe to print and fits: control characters written out, ASCII twins, widths in cells."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unicodedata import combining, east_asian_width

if TYPE_CHECKING:
    from collections.abc import Sequence

_TWINS = str.maketrans(
    {
        "├": "|", "└": "`", "│": "|", "─": "-", "→": "->", "×": "x", "…": "...", "↺": "@", "↳": "->",
        "✗": "x", "▲": "!", "●": "i", "←": "<-", "↔": "<->", "·": ".", "•": "*",
        "\N{EN DASH}": "-", "—": "--", "\N{MINUS SIGN}": "-", "≤": "<=", "≥": ">=", "≠": "!=", "≈": "~",
        "\N{LEFT SINGLE QUOTATION MARK}": "'", "\N{RIGHT SINGLE QUOTATION MARK}": "'", "“": '"', "”": '"',
    },
)  # fmt: skip


def safe(text: str) -> str:
    r"""Return a text on one line with every control character written out (``\x1b``)."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def quoted(text: str) -> str:
    """Return a text in the quotes that are not in it, those of a shell that takes it as it is."""
    quote = '"' if "'" in text else "'"
    return f"{quote}{text}{quote}"


def in_ascii(text: str) -> str:
    """Return a text with each glyph as its twin, and what has none written out."""
    return text if text.isascii() else text.translate(_TWINS).encode("ascii", "backslashreplace").decode()


def cells(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(char) else 1 + (east_asian_width(char) in {"W", "F"}) for char in text)


def clip(text: str, width: int, ellipsis: str = "…") -> str:
    """Return a text cut at its end to at most ``width`` columns."""
    if cells(text) <= width:
        return text
    room = width - cells(ellipsis)
    if room <= 0:
        return ellipsis[: max(width, 0)]
    return _prefix(text, room) + ellipsis


def clip_start(text: str, width: int, ellipsis: str = "…") -> str:
    """Return a text cut at its start, so that its end can be read."""
    return text if cells(text) <= width else clip(text[::-1], width, ellipsis[::-1])[::-1]


def _prefix(text: str, width: int) -> str:
    taken = 0
    for index, char in enumerate(text):
        taken += cells(char)
        if taken > width:
            return text[:index]
    return text


def whole_number(text: str) -> int | None:
    """Return the number that decimal digits say; None for another text, and for more digits than Python reads."""
    try:
        return int(text) if text.isdecimal() else None
    except ValueError:
        return None


def dims(sizes: Sequence[object]) -> str:
    """Return ``2×64×112×112``."""
    return "×".join(map(str, sizes))


def shape_text(shape: Sequence[int]) -> str:
    """Return the dims of a shape; one without axes is a ``scalar``."""
    return dims(shape) or "scalar"


_PREFIXES = ((10**15, "P"), (10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "K"))


def rounded(number: float) -> str:
    """Return a count with two digits behind the point and its prefix: ``3.63 G``."""
    for unit, prefix in _PREFIXES:
        if round(number / (unit // 1000), 2) >= 1000:  # noqa: PLR2004 -- what the prefix below would show
            return f"{number / unit:.2f} {prefix}"
    return f"{number:g} "


def count(number: int, noun: str) -> str:
    """Return ``1 model``, ``2 models``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def megabytes(size: int) -> str:
    """Return a size in megabytes of a million bytes, as torchinfo has them."""
    return f"{size / 1e6:,.2f} MB"
