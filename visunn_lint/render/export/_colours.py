"""The colours of families, of changes and of severities, on light ground and on dark.

They are close to those of Okabe and Ito, as tints that text can be read on. No colour says a thing alone:
the words beside it do too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from visunn_lint.document.records import ChangeKind, Family, Severity


class Colour(NamedTuple):
    """A colour of a box: its ground in light and in dark, and its line, which does on both."""

    light: str
    dark: str
    line: str


_GREY: Final = Colour("#f3f4f6", "#2b2f36", "#8b929e")
_BLUE: Final = Colour("#dcebf7", "#12344d", "#2f86c1")
_SKY: Final = Colour("#e0f3fc", "#173b4f", "#56b4e9")
_GREEN: Final = Colour("#d9f2ea", "#0c3b2e", "#11967a")
_YELLOW: Final = Colour("#fbf6d0", "#403a12", "#b3a125")
_ORANGE: Final = Colour("#fcefd5", "#46310a", "#d99a12")
_RED: Final = Colour("#fbe3d6", "#4a2410", "#d5672b")
_PINK: Final = Colour("#f8e4ef", "#45233a", "#c4719f")
_LIME: Final = Colour("#ecf5d6", "#2c3a10", "#7fa32a")
_BROWN: Final = Colour("#f1e6dc", "#3d2a1a", "#a0714f")
_TEAL: Final = Colour("#d5f0f2", "#0d3a40", "#22a6b3")
_VIOLET: Final = Colour("#e6e3fa", "#2a2657", "#6d5dd3")

FAMILIES: Final[Mapping[Family, Colour]] = {
    "container": _GREY,
    "convolution": _BLUE,
    "linear": _VIOLET,
    "attention": _RED,
    "recurrent": _BROWN,
    "embedding": _GREEN,
    "normalisation": _YELLOW,
    "activation": _LIME,
    "pooling": _SKY,
    "dropout": _PINK,
    "arithmetic": _GREY,
    "shape": _GREY,
    "loss": _RED,
    "input": _TEAL,
    "output": _ORANGE,
    "other": _GREY,
}
CHANGES: Final[Mapping[ChangeKind, tuple[str, str]]] = {
    "added": ("+", "#11967a"),
    "removed": ("-", "#d5672b"),
    "moved": (">", "#6d5dd3"),
    "changed": ("~", "#d99a12"),
}
"""The mark that stands before a name, and the line's colour."""

SEVERITIES: Final[Mapping[Severity, tuple[str, str]]] = {
    "error": ("✗", "#c62828"),
    "warning": ("▲", "#b26a00"),
    "info": ("●", "#1565c0"),
}
"""The glyph of a finding, and its colour."""
