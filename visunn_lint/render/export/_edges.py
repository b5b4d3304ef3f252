"""The edges of a picture as SVG: straight down, or as arches around what stands between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visunn_lint.render.export._geometry import HEIGHT
from visunn_lint.render.export._writing import number, text

if TYPE_CHECKING:
    from visunn_lint.render.export._geometry import Area, Geometry
    from visunn_lint.render.export._picture import Picture, Wire


def edge(picture: Picture, geometry: Geometry, wire: Wire, arch: float | None) -> str:
    """Return what flows from one cell to another; ``arch`` is how far to the right it goes around others."""
    source, target = geometry.areas[wire.source], geometry.areas[wire.target]
    way = _straight(source, target) if arch is None else _arched(source, target, arch)
    count = f" · {wire.tensors} tensors" if wire.tensors > 1 else ""
    names = " → ".join(picture.title(each) for each in (wire.source, wire.target))
    told = f"{names}: {picture.spec(wire.spec)}{count}"
    tip = (target.x, target.y) if arch is None else (target.right, target.y + HEIGHT / 2)
    return f'<g><title>{text(told)}</title><path class="edge" d="{way}"/>{_head(*tip, is_arch=arch is not None)}</g>\n'


def _straight(source: Area, target: Area) -> str:
    """Return the way from the lower edge of one box to the upper edge of another."""
    bend = max((target.y - source.bottom) / 2, 8)
    return (
        f"M{number(source.x)} {number(source.bottom)}C{number(source.x)} {number(source.bottom + bend)} "
        f"{number(target.x)} {number(target.y - bend - 5)} {number(target.x)} {number(target.y - 5)}"
    )


def _arched(source: Area, target: Area, reach: float) -> str:
    """Return the way from the right edge of one box to that of another, around what stands between them."""
    start, end = source.y + source.height / 2, target.y + HEIGHT / 2
    radius = min(10.0, abs(end - start) / 2)
    down = radius if end > start else -radius
    return (
        f"M{number(source.right)} {number(start)}H{number(reach - radius)}"
        f"q{number(radius)} 0 {number(radius)} {number(down)}V{number(end - down)}"
        f"q0 {number(down)} {number(-radius)} {number(down)}H{number(target.right + 5)}"
    )


def _head(x: float, y: float, *, is_arch: bool) -> str:
    """Return the head of an arrow that ends at a point, from the right for an arch, else from above."""
    points = ((x, y), (x + 7, y - 4), (x + 7, y + 4)) if is_arch else ((x, y), (x - 4, y - 7), (x + 4, y - 7))
    return f'<path class="head" d="M{"L".join(f"{number(a)} {number(b)}" for a, b in points)}z"/>'
