"""Mermaid, as GitHub renders it in a README, an issue or a comment: opened as deep as fits its limits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from visunn_lint.render.export._colours import CHANGES, FAMILIES
from visunn_lint.render.export._picture import Picture
from visunn_lint.text import clip, safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visunn_lint.document import Document

SUFFIXES = (".mmd", ".mermaid")
MARK = b"%% drawn by visunn"

_SIZES: Final = (48, 30, 20, 10)
"""How many boxes are drawn at most: the first of these with which the text stays within the limits."""
_MOST_EDGES: Final = 200
"""GitHub shows an error in place of more than 500 (mermaid's maxEdges); a browser gives up well before that."""
_MOST_CHARACTERS: Final = 50_000
"""GitHub shows an error in place of more (mermaid's maxTextSize)."""
_LONGEST: Final = 60
_PLAIN: Final = re.compile(r"[^\w ×→…,./()=+-]")
"""What is written as its number: mermaid, or the HTML it writes, could take it for its own."""


def export(document: Document) -> bytes:
    """Return a flowchart; its text stands in a Markdown file between ```` ```mermaid ```` and ```` ``` ````."""
    drawn = ("".join(_lines(picture)) for most in _SIZES if _fits(picture := Picture(document, most)))
    return next(text for text in drawn if len(text) < _MOST_CHARACTERS).encode()


def _fits(picture: Picture) -> bool:
    return len(picture.wires) < _MOST_EDGES


def _lines(picture: Picture) -> Iterator[str]:
    yield f"flowchart TB\n{MARK.decode()}\n"
    classes: dict[str, str] = {}
    stack = [(cell, 1) for cell in reversed(picture.inside[0])]
    while stack:
        cell, depth = stack.pop()
        indent = "  " * depth
        if cell < 0:
            yield f"{indent}end\n"
        elif cell in picture.inside:
            yield f'{indent}subgraph s{cell}["{_label(picture, cell, " ")}"]\n'
            stack.append((-1, depth))
            stack.extend((each, depth + 1) for each in reversed(picture.inside[cell]))
        else:
            name, style = _class(picture, cell)
            classes[name] = style
            yield f'{indent}n{cell}["{_label(picture, cell, "<br/>")}"]:::{name}\n'
    for wire in picture.wires:
        shape = _escaped(picture.spec(wire.spec))
        yield f'  n{wire.source} -->|"{shape}"| n{wire.target}\n' if shape else f"  n{wire.source} --> n{wire.target}\n"
    opened = ",".join(f"s{cell}" for cell in picture.inside if cell)
    if opened:
        yield f"  classDef opened fill:none,stroke:#8b929e\n  class {opened} opened\n"
    yield from (f"  classDef {name} {style}\n" for name, style in sorted(classes.items()))


def _label(picture: Picture, cell: int, between: str) -> str:
    box = picture.box(cell)
    mark = f"{CHANGES[box.change][0]} " if box is not None and box.change is not None else ""
    found = [f"{each.severity} {each.code}" for each in picture.findings.get(cell, ())[:3]]
    words = [mark + picture.title(cell), picture.words(cell), *found]
    return between.join(_escaped(clip(each, _LONGEST)) for each in words if each)


def _class(picture: Picture, cell: int) -> tuple[str, str]:
    """Return the name of a cell's class and its style, in which a change shows as another line."""
    box = picture.box(cell)
    family = "other" if box is None else box.family
    colour = FAMILIES["other" if box is None else box.family]
    style = f"fill:{colour.light},stroke:{colour.line},color:#1f2430"
    if box is None or box.change is None:
        return family, style
    dashes = ",stroke-dasharray:5 4" if box.change == "removed" else ""
    line = CHANGES[box.change][1]
    return f"{family}_{box.change}", f"fill:{colour.light},stroke:{line},color:#1f2430,stroke-width:3px{dashes}"


def _escaped(text: str) -> str:
    return _PLAIN.sub(lambda match: f"#{ord(match[0])};", safe(text))
