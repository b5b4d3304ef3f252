"""The built viewer: one script and one style sheet, which lie in the package."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from visunn_lint.errors import VisunnError

FOLDER = Path(__file__).parent / "viewer"
SCRIPT, STYLE = "viewer.js", "viewer.css"
BUILD = "cd web && npm ci --ignore-scripts && npm run build"
"""The command that builds them, in a clone of the project."""

_ENDS_EARLY = re.compile(r"</(?:script|style)|<!--", re.IGNORECASE)
"""What an HTML parser would take for the end of the script or the style sheet, whatever it means in them."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """The texts of the viewer's script, a module, and of its style sheet."""

    script: str
    style: str


def read(folder: Path = FOLDER) -> Bundle:
    """Return the built viewer; raises VisunnError if it was not built, or cannot stand in a page."""
    try:
        bundle = Bundle(_text(folder / SCRIPT), _text(folder / STYLE))
    except FileNotFoundError:
        msg = "the viewer is not built: this is an installation from a clone"
        raise VisunnError(msg, hint=f"build it with `{BUILD}`, which needs Node 20.19 or later") from None
    for name, text in ((SCRIPT, bundle.script), (STYLE, bundle.style)):
        found = _ENDS_EARLY.search(text)
        if not text.strip() or found:
            wrong = f"holds `{found[0]}`, which would end it early in a page" if found else "is empty"
            msg = f"the viewer is not built well: {name} {wrong}"
            raise VisunnError(msg, hint=f"build it again with `{BUILD}`")
    return bundle


def _text(file: Path) -> str:
    """Return a file's text with the line ends that an HTML parser makes of any: its hash has to fit."""
    return file.read_text("utf-8")
