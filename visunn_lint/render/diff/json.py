"""A comparison for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from visunn_lint.diff import Comparison
    from visunn_lint.render._view import View


def render(comparisons: Sequence[Comparison], view: View) -> str:  # noqa: ARG001 -- the same in every view
    """Return all that differs as one document of JSON in UTF-8: of a single model its fields, of several a list."""
    told = [_fields(each) for each in comparisons]
    several = {"equal": not any(each.diff for each in comparisons), "comparisons": told}
    document = {"version": 1, **(told[0] if len(told) == 1 else several)}
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _fields(comparison: Comparison) -> dict[str, object]:
    before, after = comparison.names
    return {"before": before, "after": after, "equal": not comparison.diff, "diff": comparison.diff}
