"""The tree as HTML, for notebooks, and below it the viewer's page where there is one."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from visunn_lint.tree.branches import Style
    from visunn_lint.tree.layout import Line, Span

_MOST_LINES: Final = 1000
_TREE: Final = "margin:0;max-height:32em;overflow:auto;line-height:1.35;white-space:pre;font-size:12px"
_BUTTON: Final = (
    "display:inline-block;margin:.6em 0;padding:.3em .9em;border:1px solid currentColor;border-radius:6px;"
    "cursor:pointer;list-style:none;font:13px system-ui,sans-serif"
)
_FRAME: Final = "width:100%;height:560px;border:1px solid #8b929e;border-radius:6px"
_STYLES: Final[Mapping[Style, str]] = {
    "strong": "font-weight:700",
    "dim": "opacity:.62",
    "error": "font-weight:700;color:#d32f2f",
    "warning": "font-weight:700;color:#b26a00",
    "info": "font-weight:700;color:#1976d2",
}


def to_html(lines: Sequence[Line], page: str = "") -> str:
    """Return the lines of a tree as HTML without scripts; they are cut where nobody reads on.

    ``page`` is a whole HTML page, which a button below shows in a frame of its own: it cannot reach
    the notebook, nor anything else.
    """
    more = f"\n… {len(lines) - _MOST_LINES:,} lines more" if len(lines) > _MOST_LINES else ""
    text = "\n".join("".join(map(_span, line)) for line in lines[:_MOST_LINES])
    return f'<pre style="{_TREE}">{text}{more}</pre>{_framed(page) if page else ""}'


def _framed(page: str) -> str:
    return (
        f'<details><summary style="{_BUTTON}">Show in 3D</summary>'
        f'<iframe title="The model in 3D" sandbox="allow-scripts allow-downloads" loading="lazy" style="{_FRAME}" '
        f'srcdoc="{escape(page)}"></iframe></details>'
    )


def _span(span: Span) -> str:
    text = escape(span.text)
    style = _STYLES.get(span.style)
    return f'<span style="{style}">{text}</span>' if style and text else text
