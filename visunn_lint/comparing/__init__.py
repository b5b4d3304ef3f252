"""From two sides, each a target, a lock file or a target in a revision, to what changed between them."""

from visunn_lint.comparing.models import compare_sides
from visunn_lint.comparing.sides import Side, parse_sides

__all__ = ["Side", "compare_sides", "parse_sides"]
