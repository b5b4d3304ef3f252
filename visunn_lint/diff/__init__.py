"""What changed between two models: modules that came, went, moved or are built otherwise, and how they are wired."""

from visunn_lint.diff.changes import Change, Comparison, Detail, Diff, Rewired
from visunn_lint.diff.comparing import compare

__all__ = ["Change", "Comparison", "Detail", "Diff", "Rewired", "compare"]
