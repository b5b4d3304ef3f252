"""Text and numbers as they stand in an SVG."""

from __future__ import annotations

from html import escape

from visunn_lint.text import safe


def text(content: str) -> str:
    """Return a text that no parser takes for anything else."""
    return escape(safe(content), quote=False)


def number(value: float) -> str:
    """Return a length to a tenth of a pixel, as short as can be."""
    return f"{value:.1f}".rstrip("0").rstrip(".")
