"""One level of a model in the terms of the first visunn's API: nodes by name, where they stand, and who feeds whom.

A name is the path of the calls down to it, ``layer1/0/conv1``, with a slash behind that of one that
holds others, and with ``_1`` on the second of siblings that are called alike. The model itself is
``root``; a tag has ``;`` in place of ``/``.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import count
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from visunn_lint.document import Document
    from visunn_lint.document.records import Box, Port

ROOT = "root"
_MODULE, _INPUT_OR_OUTPUT = "visu::module", "IO Node"
_SEPARATORS = str.maketrans("/;", "__")
_OUTSIDE = -1
_LONGEST_NAME = 200


class UnknownTagError(LookupError):
    """No module has that tag; the message is one line."""


class Node(msgspec.Struct, frozen=True, omit_defaults=False):
    """A module, an op, an input or an output. Shapes are those of its tensors, as far as they are known."""

    name: str
    op: str
    input: tuple[str, ...]
    output: tuple[str, ...]
    input_shapes: tuple[tuple[int, ...], ...]
    output_shapes: tuple[tuple[int, ...], ...]
    params: tuple[str, ...]


class Level(msgspec.Struct, frozen=True):
    """What lies directly in a module, and the nodes elsewhere that feed it and that it feeds.

    ``coords`` are x across the flow and y against it, in widths of a box; ``edges`` are the names
    that feed each node; ``inputs`` and ``outputs`` where data comes in and goes out.
    """

    meta: dict[str, Node]
    coords: dict[str, tuple[float, float]]
    edges: dict[str, tuple[str, ...]]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


def level(document: Document, tag: str) -> Level:
    """Return one level of a model by its tag; raises UnknownTagError if there is none."""
    names = _names(document.boxes)
    home = _find(document.boxes, names, tag)
    place = _places(document.boxes, home)
    links = _links(document, place)
    inside = [number for number, box in enumerate(document.boxes) if box.parent == home]
    before = _distinct(source for source, _ in links if place[source] == _OUTSIDE)
    behind = _distinct(target for _, target in links if place[target] == _OUTSIDE)
    feeding, fed = _neighbours(links, names)
    below = _parameters_below(document)
    meta = {
        names[at]: _node(document, at, names[at], feeding[at], fed[at], below) for at in (*before, *inside, *behind)
    }
    return Level(
        meta=meta,
        coords=_coordinates(document.boxes, names, before, inside, behind),
        edges={name: node.input for name, node in meta.items()},
        inputs=tuple(names[at] for at in before) or tuple(name for name, node in meta.items() if not node.input),
        outputs=tuple(names[at] for at in behind) or tuple(name for name, node in meta.items() if not node.output),
    )


def _names(boxes: Sequence[Box]) -> list[str]:
    """Return the name of each box, which no other has."""
    holders = {box.parent for box in boxes}
    taken = {ROOT}
    alike: defaultdict[str, Iterator[int]] = defaultdict(lambda: count(1))
    names: list[str] = []
    for number, box in enumerate(boxes):
        above = names[box.parent] if box.parent > 0 else ""
        name = unique = above + box.label.translate(_SEPARATORS)
        while unique in taken:
            unique = f"{name}_{next(alike[name])}"
        taken.add(unique)
        names.append("" if number == 0 else unique + "/" * (number in holders))
    return names


def _find(boxes: Sequence[Box], names: Sequence[str], tag: str) -> int:
    """Return the number of the box that a tag names and that holds others."""
    if tag == ROOT:
        return 0
    name = tag.replace(";", "/").rstrip("/")
    for number in range(1, len(boxes)):
        if names[number] == f"{name}/":
            return number
    shown = name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
    msg = f"there is nothing in {shown!r}" if name in names[1:] else f"there is no module {shown!r}"
    raise UnknownTagError(msg)


def _places(boxes: Sequence[Box], home: int) -> list[int]:
    """Return for each box the child of one that it is or lies in; a box comes behind its parent."""
    places: list[int] = []
    for number, box in enumerate(boxes):
        is_child = box.parent == home
        places.append(number if is_child else places[box.parent] if box.parent >= 0 else _OUTSIDE)
    return places


def _links(document: Document, place: Sequence[int]) -> list[tuple[int, int]]:
    """Return who feeds whom on one level, in the order of execution: its boxes, and leaves outside."""
    ends = (
        (_shown_at(place, edge.source), _shown_at(place, edge.target))
        for edge in document.edges
        if place[edge.source] != _OUTSIDE or place[edge.target] != _OUTSIDE
    )
    return sorted({(source, target) for source, target in ends if source != target})


def _shown_at(place: Sequence[int], number: int) -> int:
    return number if place[number] == _OUTSIDE else place[number]


def _neighbours(
    links: Iterable[tuple[int, int]], names: Sequence[str]
) -> tuple[defaultdict[int, list[str]], defaultdict[int, list[str]]]:
    """Return the names that feed each box, and those that each one feeds."""
    feeding, fed = defaultdict[int, list[str]](list), defaultdict[int, list[str]](list)
    for source, target in links:
        feeding[target].append(names[source])
        fed[source].append(names[target])
    return feeding, fed


def _coordinates(
    boxes: Sequence[Box], names: Sequence[str], before: Sequence[int], inside: Sequence[int], behind: Sequence[int]
) -> dict[str, tuple[float, float]]:
    """Return where each node stands: those outside in a row of their own, ahead of the others or behind them."""
    last = max((boxes[at].rank for at in inside), default=0)
    rows = [
        *_row(before, 1.0),
        *((at, boxes[at].x, -float(boxes[at].rank)) for at in inside),
        *_row(behind, -last - 1.0),
    ]
    return {names[at]: (x, y + 0.0) for at, x, y in rows}


def _row(members: Sequence[int], y: float) -> Iterator[tuple[int, float, float]]:
    for position, at in enumerate(members):
        yield at, position - (len(members) - 1) / 2, y


def _node(
    document: Document,
    at: int,
    name: str,
    feeding: Sequence[str],
    fed: Sequence[str],
    below: Mapping[str, Sequence[str]],
) -> Node:
    box = document.boxes[at]
    return Node(
        name=name,
        op=_op(box, name),
        input=tuple(feeding),
        output=tuple(fed),
        input_shapes=_shapes(document, box.inputs),
        output_shapes=_shapes(document, box.outputs),
        params=tuple(sorted(_parameters(document, box, below))),
    )


def _op(box: Box, name: str) -> str:
    if box.kind in {"input", "output"}:
        return _INPUT_OR_OUTPUT
    return _MODULE if name.endswith("/") or not box.op else box.op


def _shapes(document: Document, ports: Sequence[Port]) -> tuple[tuple[int, ...], ...]:
    return tuple(document.specs[port.spec].shape for port in ports if port.spec >= 0)


def _parameters(document: Document, box: Box, below: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """Return the full names of the parameters of a module and of all below it, or of those that an op reads."""
    if box.kind != "module" or box.module < 0:
        return box.reads
    return below[document.modules[box.module].path]


def _parameters_below(document: Document) -> Mapping[str, Sequence[str]]:
    """Return the full names of the parameters in each module and in all below it, by its path."""
    found: dict[str, list[str]] = {module.path: [] for module in document.modules}
    for module in document.modules:
        names = [".".join(filter(None, (module.path, each.name))) for each in module.tensors if not each.buffer]
        parts = module.path.split(".") if module.path else []
        for length in range(len(parts) + 1):
            above = ".".join(parts[:length])
            if above in found:
                found[above] += names
    return found


def _distinct(numbers: Iterable[int]) -> list[int]:
    return list(dict.fromkeys(numbers))
