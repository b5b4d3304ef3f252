"""A picture for a README or an issue: no browser draws it, no script is in it, light and dark ground both do."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from visunn_lint.render.export._colours import CHANGES, FAMILIES, SEVERITIES
from visunn_lint.render.export._geometry import HEIGHT, TITLE, Geometry
from visunn_lint.render.export._picture import Picture
from visunn_lint.tree.text import clip, rounded, safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visunn_lint.document import Document
    from visunn_lint.document.records import Family
    from visunn_lint.render.export._geometry import Area
    from visunn_lint.render.export._picture import Wire

SUFFIXES = (".svg",)
MARK = b"<!-- drawn by visunn -->"

_MOST: Final = 48
_MARGIN: Final = 24.0
_HEAD: Final = 76.0
_LEGEND_ROW: Final = 22.0
_LEGEND_COLUMN: Final = 128.0
_CHARACTER: Final = 6.6
_BOLD_CHARACTER: Final = 7.9
"""The widths of a character, a little more than they are on average."""

_SHORTEST: Final = 6
"""How many characters of an open cell's class are shown at least; fewer tell nothing."""

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
        arches = (geometry.arch(wire.source, wire.target) for wire in picture.wires)
        self.arches = dict(zip(((wire.source, wire.target) for wire in picture.wires), arches, strict=True))
        reach = max([whole.right, *(arch + 4 for arch in self.arches.values() if arch is not None)])
        self.half = max(reach, 2 * _LEGEND_COLUMN) + _MARGIN
        self.columns = max(1, int((2 * self.half - 2 * _MARGIN) // _LEGEND_COLUMN))
        rows = -(-len(self.families) // self.columns)
        self.bottom = whole.bottom - TITLE + _MARGIN
        self.height = _HEAD + self.bottom + rows * _LEGEND_ROW + _MARGIN


def _drawn(drawing: _Drawing) -> Iterator[str]:
    width, height = round(2 * drawing.half), round(drawing.height)
    yield f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
    yield f'role="img" aria-labelledby="title">\n<title id="title">{_text(_summary(drawing.picture))}</title>\n'
    yield f"{MARK.decode()}\n"
    yield f"<style>{_STYLE}{_family_styles(drawing.families, 'light')}"
    yield "@media (prefers-color-scheme:dark){"
    yield f"{_DARK}{_family_styles(drawing.families, 'dark')}}}</style>\n"
    yield f'<rect class="ground" width="{width}" height="{height}" rx="10"/>\n'
    yield from _header(drawing.picture)
    yield f'<g transform="translate({_number(drawing.half)} {_number(_HEAD - TITLE)})">\n'
    cells = [cell for level in drawing.picture.inside.values() for cell in level]
    yield from (_ground(drawing, cell) for cell in cells if cell in drawing.picture.inside)
    yield from (_edge(drawing, wire) for wire in drawing.picture.wires)
    yield from (_cell(drawing, cell) for cell in cells)
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
    yield f'<text class="model" x="{_MARGIN}" y="34">{_text(clip(name, 48))}</text>\n'
    yield f'<text class="dim" x="{_MARGIN}" y="52">{_text(clip(facts, 80))}</text>\n'


def _ground(drawing: _Drawing, cell: int) -> str:
    """Return the ground of an open cell, which edges lead over."""
    return _rectangle(drawing.geometry.areas[cell], "open", _line(drawing.picture, cell)) + "\n"


def _cell(drawing: _Drawing, cell: int) -> str:
    area, picture = drawing.geometry.areas[cell], drawing.picture
    full = " · ".join(filter(None, [picture.title(cell), picture.words(cell), picture.shape(cell)]))
    parts = [f"<g><title>{_text(full)}</title>"]
    if cell in picture.inside:
        parts += [_words_of_open(picture, cell, area)]
    else:
        parts += [_shadow(picture, cell, area), _rectangle(area, _look(picture, cell), _line(picture, cell))]
        parts += _words_of_closed(picture, cell, area)
    return "".join([*parts, _badge(picture, cell, area), "</g>\n"])


def _rectangle(area: Area, look: str, line: str) -> str:
    place = f'x="{_number(area.left)}" y="{_number(area.y)}"'
    return f'<rect class="{look}" {place} width="{_number(area.width)}" height="{_number(area.height)}" rx="7"{line}/>'


def _shadow(picture: Picture, cell: int, area: Area) -> str:
    """Return the outline of a second box behind one that stands for several."""
    if cell not in picture.times and cell not in picture.hidden:
        return ""
    place = f'x="{_number(area.left + 5)}" y="{_number(area.y + 5)}"'
    look = _look(picture, cell)
    return f'<rect class="{look}" {place} width="{_number(area.width)}" height="{_number(area.height)}" rx="7"/>'


def _look(picture: Picture, cell: int) -> str:
    box = picture.box(cell)
    return f"f-{box.family}" if box is not None else "f-other"


def _line(picture: Picture, cell: int) -> str:
    """Return the line of a box that changed: another colour, dashed for what is gone."""
    box = picture.box(cell)
    if box is None or box.change is None:
        return ""
    dashes = ";stroke-dasharray:5 4;fill-opacity:.6" if box.change == "removed" else ""
    return f' style="stroke:{CHANGES[box.change][1]};stroke-width:2.4{dashes}"'


def _name(picture: Picture, cell: int) -> str:
    box = picture.box(cell)
    mark = f"{CHANGES[box.change][0]} " if box is not None and box.change is not None else ""
    return mark + picture.title(cell)


def _words_of_open(picture: Picture, cell: int, area: Area) -> str:
    name = clip(_name(picture, cell), int((area.width - 24) / _BOLD_CHARACTER))
    left = area.width - 32 - len(name) * _BOLD_CHARACTER
    words = clip(picture.words(cell), int(left / _CHARACTER)) if left > _SHORTEST * _CHARACTER else ""
    tail = f'<tspan class="dim" dx="8">{_text(words)}</tspan>' if words else ""
    place = f'x="{_number(area.left + 12)}" y="{_number(area.y + 19)}"'
    return f'<text class="name halo" {place}>{_text(name)}{tail}</text>'


def _words_of_closed(picture: Picture, cell: int, area: Area) -> list[str]:
    """Return name and shape of a box on a line, what it is below them; both in the middle where that is not known."""
    words, shape = picture.words(cell), picture.shape(cell)
    left, right, top = area.left + 10, area.right - 10, area.y + (18 if words else HEIGHT / 2 + 4)
    room = area.width - 20
    name = clip(_name(picture, cell), int((room - (len(shape) + 1) * _CHARACTER) / _BOLD_CHARACTER))
    texts = (
        ("name", left, top, "start", name),
        ("dim", right, top, "end", shape),
        ("dim", left, area.y + 35, "start", clip(words, int(room / _CHARACTER))),
    )
    return [
        f'<text class="{look}" x="{_number(x)}" y="{_number(y)}" text-anchor="{anchor}">{_text(text)}</text>'
        for look, x, y, anchor, text in texts
        if text
    ]


def _badge(picture: Picture, cell: int, area: Area) -> str:
    """Return the worst of what was found in a box, and how much that is."""
    found = picture.findings.get(cell)
    if not found:
        return ""
    glyph, colour = SEVERITIES[found[0].severity]
    words = f"{glyph} {found[0].code}" + (f" +{len(found) - 1}" if len(found) > 1 else "")
    width = 14 + 6.6 * len(words)
    x, y = area.right - width + 8, area.y - 9
    told = "\n".join(f"{each.code} {each.rule}: {each.message}" for each in found)
    return (
        f'<g><title>{_text(told)}</title><rect x="{_number(x)}" y="{_number(y)}" width="{_number(width)}" height="18" '
        f'rx="9" fill="{colour}"/><text x="{_number(x + width / 2)}" y="{_number(y + 13)}" text-anchor="middle" '
        f'style="fill:#fff;font-size:11px;font-weight:600">{_text(words)}</text></g>'
    )


def _edge(drawing: _Drawing, wire: Wire) -> str:
    source, target = drawing.geometry.areas[wire.source], drawing.geometry.areas[wire.target]
    arch = drawing.arches[wire.source, wire.target]
    way = _straight(source, target) if arch is None else _arched(source, target, arch)
    count = f" · {wire.tensors} tensors" if wire.tensors > 1 else ""
    names = " → ".join(drawing.picture.title(each) for each in (wire.source, wire.target))
    told = f"{names}: {drawing.picture.spec(wire.spec)}{count}"
    tip = (target.x, target.y) if arch is None else (target.right, target.y + HEIGHT / 2)
    return f'<g><title>{_text(told)}</title><path class="edge" d="{way}"/>{_head(*tip, is_arch=arch is not None)}</g>\n'


def _straight(source: Area, target: Area) -> str:
    """Return the way from the lower edge of one box to the upper edge of another."""
    bend = max((target.y - source.bottom) / 2, 8)
    return (
        f"M{_number(source.x)} {_number(source.bottom)}C{_number(source.x)} {_number(source.bottom + bend)} "
        f"{_number(target.x)} {_number(target.y - bend - 5)} {_number(target.x)} {_number(target.y - 5)}"
    )


def _arched(source: Area, target: Area, reach: float) -> str:
    """Return the way from the right edge of one box to that of another, around what stands between them."""
    start, end = source.y + source.height / 2, target.y + HEIGHT / 2
    radius = min(10.0, abs(end - start) / 2)
    down = radius if end > start else -radius
    return (
        f"M{_number(source.right)} {_number(start)}H{_number(reach - radius)}"
        f"q{_number(radius)} 0 {_number(radius)} {_number(down)}V{_number(end - down)}"
        f"q0 {_number(down)} {_number(-radius)} {_number(down)}H{_number(target.right + 5)}"
    )


def _head(x: float, y: float, *, is_arch: bool) -> str:
    """Return the head of an arrow that ends at a point, from the right for an arch, else from above."""
    points = ((x, y), (x + 7, y - 4), (x + 7, y + 4)) if is_arch else ((x, y), (x - 4, y - 7), (x + 4, y - 7))
    return f'<path class="head" d="M{"L".join(f"{_number(a)} {_number(b)}" for a, b in points)}z"/>'


def _legend(drawing: _Drawing) -> Iterator[str]:
    top = _HEAD + drawing.bottom
    for at, family in enumerate(drawing.families):
        x = _MARGIN + at % drawing.columns * _LEGEND_COLUMN
        y = top + at // drawing.columns * _LEGEND_ROW
        yield f'<rect class="f-{family}" x="{_number(x)}" y="{_number(y)}" width="12" height="12" rx="3"/>'
        yield f'<text class="dim" x="{_number(x + 18)}" y="{_number(y + 10)}">{family}</text>\n'


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


def _text(text: str) -> str:
    return escape(safe(text), quote=False)


def _number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
