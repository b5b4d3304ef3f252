"""From two sides, each a target, a lock file or a target in a revision, to what changed between them."""

from visunn_lint.comparing.models import Comparison, compare_sides
from visunn_lint.comparing.sides import Side, parse_sides

__all__ = ["Comparison", "Side", "compare_sides", "parse_sides"]
