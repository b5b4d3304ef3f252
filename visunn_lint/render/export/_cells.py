"""The cells of a picture as SVG: rectangles, what stands in them, and what was found there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from visunn_lint.render.export._colours import CHANGES, SEVERITIES
from visunn_lint.render.export._geometry import HEIGHT
from visunn_lint.render.export._writing import number, text
from visunn_lint.text import clip

if TYPE_CHECKING:
    from visunn_lint.render.export._geometry import Area
    from visunn_lint.render.export._picture import Picture

_CHARACTER: Final = 6.6
_BOLD_CHARACTER: Final = 7.9
"""The widths of a character, a little more than they are on average."""
_SHORTEST: Final = 6
"""How many characters of an open cell's class are shown at least; fewer tell nothing."""


def ground(picture: Picture, cell: int, area: Area) -> str:
    """Return the ground of an open cell, which edges lead over."""
    return _rectangle(area, "open", _line(picture, cell)) + "\n"


def content(picture: Picture, cell: int, area: Area) -> str:
    """Return what stands in a cell, above the edges: of an open one its words, of a closed one the box as well."""
    full = " · ".join(filter(None, [picture.title(cell), picture.words(cell), picture.shape(cell)]))
    parts = [f"<g><title>{text(full)}</title>"]
    if cell in picture.inside:
        parts += [_words_of_open(picture, cell, area)]
    else:
        parts += [_shadow(picture, cell, area), _rectangle(area, _look(picture, cell), _line(picture, cell))]
        parts += _words_of_closed(picture, cell, area)
    return "".join([*parts, _badge(picture, cell, area), "</g>\n"])


def _rectangle(area: Area, look: str, line: str) -> str:
    place = f'x="{number(area.left)}" y="{number(area.y)}"'
    return f'<rect class="{look}" {place} width="{number(area.width)}" height="{number(area.height)}" rx="7"{line}/>'


def _shadow(picture: Picture, cell: int, area: Area) -> str:
    """Return the outline of a second box behind one that stands for several."""
    if cell not in picture.times and cell not in picture.hidden:
        return ""
    place = f'x="{number(area.left + 5)}" y="{number(area.y + 5)}"'
    look = _look(picture, cell)
    return f'<rect class="{look}" {place} width="{number(area.width)}" height="{number(area.height)}" rx="7"/>'


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
    tail = f'<tspan class="dim" dx="8">{text(words)}</tspan>' if words else ""
    place = f'x="{number(area.left + 12)}" y="{number(area.y + 19)}"'
    return f'<text class="name halo" {place}>{text(name)}{tail}</text>'


def _words_of_closed(picture: Picture, cell: int, area: Area) -> list[str]:
    """Return name and shape of a box on a line, what it is below them; both in the middle where that is not known."""
    kind, shape = picture.words(cell), picture.shape(cell)
    left, right, top = area.left + 10, area.right - 10, area.y + (18 if kind else HEIGHT / 2 + 4)
    room = area.width - 20
    name = clip(_name(picture, cell), int((room - (len(shape) + 1) * _CHARACTER) / _BOLD_CHARACTER))
    texts = (
        ("name", left, top, "start", name),
        ("dim", right, top, "end", shape),
        ("dim", left, area.y + 35, "start", clip(kind, int(room / _CHARACTER))),
    )
    return [
        f'<text class="{look}" x="{number(x)}" y="{number(y)}" text-anchor="{anchor}">{text(words)}</text>'
        for look, x, y, anchor, words in texts
        if words
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
        f'<g><title>{text(told)}</title><rect x="{number(x)}" y="{number(y)}" width="{number(width)}" height="18" '
        f'rx="9" fill="{colour}"/><text x="{number(x + width / 2)}" y="{number(y + 13)}" text-anchor="middle" '
        f'style="fill:#fff;font-size:11px;font-weight:600">{text(words)}</text></g>'
    )
