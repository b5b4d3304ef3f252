"""A comparison for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from visunn_lint.diff import Diff
    from visunn_lint.render._view import View


def render(diff: Diff, names: tuple[str, str], view: View) -> str:  # noqa: ARG001 -- the same in every view
    """Return all that differs between two models of these names, as JSON in UTF-8."""
    document = {"version": 1, "before": names[0], "after": names[1], "equal": not diff, "diff": diff}
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"
