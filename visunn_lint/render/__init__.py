"""The renderers: one format of a report or one drawing of a topology, one file."""

import pkgutil

from visunn_lint.render._view import View, printable

__all__ = ["View", "printable", "report_formats"]

_OTHERS = frozenset({"bundle", "diff", "export", "notebook", "page", "profile", "tree"})
"""What draws something else than a report."""


def report_formats() -> tuple[str, ...]:
    """Return the names of the formats of a report: the modules here that have a ``render(report, view)``."""
    names = (module.name for module in pkgutil.iter_modules(__path__))
    return tuple(name for name in names if not name.startswith("_") and name not in _OTHERS)
