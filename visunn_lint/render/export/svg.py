"""A picture for a README or an issue: no browser draws it, no script is in it, light and dark ground both do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from visunn_lint.render.export._cells import content, ground
from visunn_lint.render.export._colours import FAMILIES
from visunn_lint.render.export._edges import edge
from visunn_lint.render.export._geometry import TITLE, Geometry
from visunn_lint.render.export._picture import Picture
from visunn_lint.render.export._writing import number, text
from visunn_lint.text import clip, rounded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visunn_lint.document import Document
    from visunn_lint.document.records import Family

SUFFIXES = (".svg",)
MARK = b"<!-- drawn by visunn -->"

_MOST: Final = 48
_MARGIN: Final = 24.0
_HEAD: Final = 76.0
_LEGEND_ROW: Final = 22.0
_LEGEND_COLUMN: Final = 128.0

_STYLE: Final = """\
text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:#1f2430}
.name{font-weight:600}.model{font-size:18px;font-weight:650}
.dim{fill:#5b6472;font-size:11px;font-weight:400}.ground{fill:#fff}.edge{fill:none;stroke:#8b929e;stroke-width:1.4}
.halo{paint-order:stroke;stroke:#f7f7f8;stroke-width:5px;stroke-linejoin:round}.head{fill:#8b929e}.open{fill:#8b929e;fill-opacity:.07;stroke:#8b929e;stroke-opacity:.55}
"""
_DARK: Final = """\
text{fill:#e8eaf0}.dim{fill:#a5adbb}.ground{fill:#14171c}.halo{stroke:#1c2026}
"""


def export(document: Document) -> bytes:
    """Return an SVG picture of a model: its modules opened as deep as it stays readable, repeats drawn once."""
    picture = Picture(document, _MOST)
    return "".join(_drawn(_Drawing(picture, Geometry(picture)))).encode()


class _Drawing:
    """A picture, and where its cells stand."""

    def __init__(self, picture: Picture, geometry: Geometry) -> None:
        self.picture = picture
        self.geometry = geometry
        self.families = _families(picture)
        whole = geometry.areas[0]
        self.arches = [(wire, geometry.arch(wire.source, wire.target)) for wire in picture.wires]
        reach = max([whole.right, *(arch + 4 for _, arch in self.arches if arch is not None)])
        self.half = max(reach, 2 * _LEGEND_COLUMN) + _MARGIN
        self.columns = max(1, int((2 * self.half - 2 * _MARGIN) // _LEGEND_COLUMN))
        rows = -(-len(self.families) // self.columns)
        self.bottom = whole.bottom - TITLE + _MARGIN
        self.height = _HEAD + self.bottom + rows * _LEGEND_ROW + _MARGIN


def _drawn(drawing: _Drawing) -> Iterator[str]:
    width, height = round(2 * drawing.half), round(drawing.height)
    yield f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
    yield f'role="img" aria-labelledby="title">\n<title id="title">{text(_summary(drawing.picture))}</title>\n'
    yield f"{MARK.decode()}\n"
    yield f"<style>{_STYLE}{_family_styles(drawing.families, 'light')}"
    yield "@media (prefers-color-scheme:dark){"
    yield f"{_DARK}{_family_styles(drawing.families, 'dark')}}}</style>\n"
    yield f'<rect class="ground" width="{width}" height="{height}" rx="10"/>\n'
    yield from _header(drawing.picture)
    yield f'<g transform="translate({number(drawing.half)} {number(_HEAD - TITLE)})">\n'
    cells = [cell for level in drawing.picture.inside.values() for cell in level]
    picture, areas = drawing.picture, drawing.geometry.areas
    yield from (ground(picture, cell, areas[cell]) for cell in cells if cell in picture.inside)
    yield from (edge(picture, drawing.geometry, wire, arch) for wire, arch in drawing.arches)
    yield from (content(picture, cell, areas[cell]) for cell in cells)
    yield "</g>\n"
    yield from _legend(drawing)
    yield "</svg>\n"


def _summary(picture: Picture) -> str:
    totals = picture.document.totals
    facts = [picture.document.name]
    facts += [f"{totals.parameters:,} parameters"] if totals.parameters else []
    facts += [f"{rounded(totals.flops)}FLOPs"] if totals.flops else []
    facts += [f"input {picture.document.capture.inputs}"] if picture.document.capture.inputs else []
    return " · ".join(facts)


def _header(picture: Picture) -> Iterator[str]:
    name, _, facts = _summary(picture).partition(" · ")
    yield f'<text class="model" x="{_MARGIN}" y="34">{text(clip(name, 48))}</text>\n'
    yield f'<text class="dim" x="{_MARGIN}" y="52">{text(clip(facts, 80))}</text>\n'


def _legend(drawing: _Drawing) -> Iterator[str]:
    top = _HEAD + drawing.bottom
    for at, family in enumerate(drawing.families):
        x = _MARGIN + at % drawing.columns * _LEGEND_COLUMN
        y = top + at // drawing.columns * _LEGEND_ROW
        yield f'<rect class="f-{family}" x="{number(x)}" y="{number(y)}" width="12" height="12" rx="3"/>'
        yield f'<text class="dim" x="{number(x + 18)}" y="{number(y + 10)}">{family}</text>\n'


def _families(picture: Picture) -> list[Family]:
    """Return the families of the closed cells, in the order of their colours."""
    closed = (cell for cells in picture.inside.values() for cell in cells if cell not in picture.inside)
    boxes = [picture.box(cell) for cell in closed]
    seen = {box.family for box in boxes if box is not None} | {"other" for box in boxes if box is None}
    return [family for family in FAMILIES if family in seen]


def _family_styles(families: list[Family], ground: str) -> str:
    return "".join(
        f".f-{family}{{fill:{getattr(FAMILIES[family], ground)};stroke:{FAMILIES[family].line}}}" for family in families
    )
