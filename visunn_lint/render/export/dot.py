"""Graphviz: modules are clusters, opened as deep as a drawing of some hundred boxes allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from visunn_lint.render.export._colours import CHANGES, FAMILIES
from visunn_lint.render.export._picture import Picture
from visunn_lint.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visunn_lint.document import Document

SUFFIXES = (".dot", ".gv")
MARK = b"// drawn by visunn"

_MOST: Final = 300
_HEAD: Final = """\
  graph [fontname="Helvetica", fontsize=12, rankdir=TB, style="rounded", color="#8b929e", labeljust=l];
  node [fontname="Helvetica", fontsize=11, shape=box, style="rounded,filled", color="#8b929e", fillcolor="#f3f4f6"];
  edge [fontname="Helvetica", fontsize=9, color="#8b929e", fontcolor="#5b6472"];
"""


def export(document: Document) -> bytes:
    """Return a graph in the DOT language, for ``dot -Tsvg`` and the like."""
    picture = Picture(document, _MOST)
    return "".join(_lines(picture)).encode()


def _lines(picture: Picture) -> Iterator[str]:
    yield f"{MARK.decode()}\n"
    yield f"digraph {_quoted(picture.document.name)} {{\n{_HEAD}"
    yield from _level(picture)
    for wire in picture.wires:
        count = f" ×{wire.tensors}" if wire.tensors > 1 else ""
        yield f"  n{wire.source} -> n{wire.target} [label={_quoted(picture.spec(wire.spec) + count)}];\n"
    yield "}\n"


def _level(picture: Picture) -> Iterator[str]:
    """Yield the cells, each open one as a cluster around those in it."""
    stack: list[tuple[int, int]] = [(cell, 1) for cell in reversed(picture.inside[0])]
    while stack:
        cell, depth = stack.pop()
        indent = "  " * depth
        if cell < 0:
            yield f"{indent}}}\n"
        elif cell in picture.inside:
            label = _quoted(f"{picture.title(cell)}  {picture.words(cell)}".rstrip())
            yield f"{indent}subgraph cluster_{cell} {{\n{indent}  label={label};\n"
            stack.append((-1, depth))
            stack.extend((each, depth + 1) for each in reversed(picture.inside[cell]))
        else:
            yield f"{indent}n{cell} [{_attributes(picture, cell)}];\n"


def _attributes(picture: Picture, cell: int) -> str:
    box = picture.box(cell)
    family = FAMILIES["other" if box is None else box.family]
    line, mark, width = family.line, "", ""
    if box is not None and box.change is not None:
        mark, line = CHANGES[box.change]
        width = ", penwidth=2"
    found = [f"{each.severity}: {each.code} {each.rule}" for each in picture.findings.get(cell, ())]
    words = [f"{mark} {picture.title(cell)}".strip(), picture.words(cell), picture.shape(cell), *found]
    label = "\\n".join(_escaped(each) for each in words if each)
    return f'label="{label}", fillcolor="{family.light}", color="{line}"{width}'


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    """Return a text as it stands within quotes: a backslash would begin one of Graphviz's own sequences."""
    return safe(text).replace("\\", "\\\\").replace('"', '\\"')
