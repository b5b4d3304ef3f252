"""What every format makes of a document: valid, the same each time, and text as text."""

from __future__ import annotations

import json
import re
from itertools import combinations, pairwise
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pydot
import pytest

from tests.document.documents import of_case
from tests.models import recycled
from tests.render.export import drawings
from visunn_lint.document import build, decode
from visunn_lint.render import bundle
from visunn_lint.render.bundle import Bundle
from visunn_lint.render.export import dot, export_formats, find_format, mermaid, svg
from visunn_lint.render.export import json as json_format
from visunn_lint.render.export._geometry import Geometry
from visunn_lint.render.export._picture import Picture

if TYPE_CHECKING:
    from collections.abc import Callable

    from visunn_lint.document import Document

# pydot calls pyparsing by its old names.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:pydot")

_SVG = "{http://www.w3.org/2000/svg}"
_MAKERS = (drawings.plain, drawings.changed, drawings.nasty, drawings.dense)
_DRAWN = [name for name in export_formats() if name != "html"]


def _name(make: Callable[[], Document]) -> str:
    return make.__name__


def test_each_format_has_suffixes_of_its_own() -> None:
    """No two formats ask for one suffix."""
    suffixes = [suffix for name in export_formats() for suffix in find_format(name).SUFFIXES]
    assert sorted(suffixes) == sorted(set(suffixes))


@pytest.mark.parametrize("name", _DRAWN)
def test_two_runs_give_the_same_bytes(name: str) -> None:
    """A picture in a repository changes when the model does."""
    once, again = (find_format(name).export(drawings.plain()) for _ in range(2))
    assert once == again
    assert find_format(name).MARK in once[:2000]


def test_json_is_the_document() -> None:
    """It is read back as what was exported."""
    document = drawings.plain()
    written = json_format.export(document)
    assert decode(written) == document
    assert written.endswith(b"\n")
    assert json.loads(written)["format"] == "visunn.graph/1"


def test_a_picture_shows_names_shapes_and_findings() -> None:
    """What a reader looks for stands in the texts, and in the words that a pointer brings up."""
    drawn = parsed(svg.export(drawings.plain()))
    facts = "70 parameters · 224 FLOPs · input 2x4"
    boxes = {"x", "blocksSequential", "0…2Block ×3", "first", "act", "add", "head", "output", "▲ VIS999"}
    words = {"Linear 4→4", "ReLU", "Linear 4→2", "2×4", "2×2"}
    families = {"linear", "activation", "arithmetic", "input", "output"}
    assert set(texts(drawn)) == {"Net", facts, *boxes, *words, *families}


def test_text_in_a_picture_is_text() -> None:
    """Names that are tags, entities or control characters are characters, and nothing in it can run or load."""
    drawn = parsed(svg.export(drawings.nasty()))
    names = {element.tag.removeprefix(_SVG) for element in drawn.iter()}
    assert names <= {"svg", "title", "style", "rect", "g", "text", "tspan", "path"}
    assert not [name for element in drawn.iter() for name in element.attrib if name.startswith("on") or "href" in name]
    titles = [element.text or "" for element in drawn.iter(f"{_SVG}title")]
    assert any("</script><script>" in title for title in titles)
    assert all((element.text or "").replace("\n", "").isprintable() for element in drawn.iter(f"{_SVG}text"))


def test_boxes_of_a_picture_lie_within_each_other_or_apart() -> None:
    """No two rectangles cross, and none leaves the picture."""
    root = parsed(svg.export(drawings.plain()))
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    group = next(element for element in root if element.tag == f"{_SVG}g")
    found = [each for each in group.iter(f"{_SVG}rect") if each.get("class", "").startswith(("f-", "open"))]
    areas = [[float(each.attrib[name]) for name in ("x", "y", "width", "height")] for each in found]
    assert all(-width / 2 <= x and x + w <= width / 2 and y >= 0 and y + h <= height for x, y, w, h in areas)
    assert all(is_apart(one, other) for one, other in combinations(areas, 2))


def test_what_is_gone_is_drawn_as_such() -> None:
    """A block that is gone has a mark before its name and a dashed line."""
    written = svg.export(drawings.changed()).decode()
    assert written.count("stroke-dasharray") == 2
    assert texts(parsed(written.encode())).count("- 1") == 1


@pytest.mark.parametrize(
    "make", [drawings.plain, drawings.changed, drawings.nasty, drawings.dense], ids=lambda f: f.__name__
)
def test_graphviz_can_read_a_graph(make: Callable[[], Document]) -> None:
    """A parser of the language finds the clusters, the boxes and the edges that were drawn."""
    document = make()
    picture = Picture(document, 300)
    graphs = pydot.graph_from_dot_data(dot.export(document).decode())
    assert graphs is not None
    clusters, nodes = parts(graphs[0])
    closed = {f"n{cell}" for cell in picture.parents if cell not in picture.inside}
    assert clusters == {f"cluster_{cell}" for cell in picture.inside if cell}
    assert nodes == closed
    edges = {(edge.get_source(), edge.get_destination()) for edge in graphs[0].get_edges()}
    assert edges == {(f"n{wire.source}", f"n{wire.target}") for wire in picture.wires}


_NODE = re.compile(r' *n\d+\["[\w ×→…,./()=+#;<>&-]*"\]:::\w+')
_EDGE = re.compile(r'  n(\d+) -->(?:\|"[\w×]+"\|)? n(\d+)')
_OPEN = re.compile(r' *subgraph s\d+\["[^"<>]*"\]')
_CLASS = re.compile(r"  class(Def)? [\w,]+ [\w:#,. -]+")


@pytest.mark.parametrize(
    "make", [drawings.plain, drawings.changed, drawings.nasty, drawings.dense], ids=lambda f: f.__name__
)
def test_mermaid_stays_within_what_github_draws(make: Callable[[], Document]) -> None:
    """Each line is a node, an edge, a subgraph or a class; brackets close; sizes are below the limits."""
    text = mermaid.export(make()).decode()
    first, second, *lines = text.splitlines()
    assert (first, second) == ("flowchart TB", "%% drawn by visunn")
    unknown = [line for line in lines if not any(each.fullmatch(line) for each in (_NODE, _EDGE, _OPEN, _CLASS))]
    assert {line.strip() for line in unknown} <= {"end"}
    assert sum(1 for line in lines if _OPEN.fullmatch(line)) == len(unknown)
    assert sum(1 for line in lines if _EDGE.fullmatch(line)) < 200
    assert len(text) < 50_000


def test_an_edge_of_mermaid_ends_at_nodes() -> None:
    """Whatever is named in an edge was drawn."""
    text = mermaid.export(drawings.plain()).decode()
    nodes = set(re.findall(r"^ *n(\d+)\[", text, re.MULTILINE))
    assert {end for edge in _EDGE.findall(text) for end in edge} <= nodes


def test_repeats_are_drawn_once() -> None:
    """Edges lead into the first and out of the last, and not from one to the next."""
    picture = Picture(drawings.plain(), 40)
    assert [picture.title(cell) for cell in picture.inside[0]] == ["x", "blocks", "head", "output"]
    (fold,) = picture.inside[2]
    assert (picture.title(fold), picture.words(fold)) == ("0…2", "Block ×3")
    titles = [tuple(map(picture.title, (wire.source, wire.target))) for wire in picture.wires]
    assert titles == [
        ("x", "first"), ("first", "act"), ("act", "add"), ("x", "add"), ("add", "head"), ("head", "output"),
    ]  # fmt: skip


def test_a_level_that_is_too_long_is_cut() -> None:
    """One box stands for those that there is no room for, and the output is still there."""
    picture = Picture(drawings.dense(), 10)
    titles = [picture.title(cell) for cell in picture.inside[0]]
    assert len(titles) == 10
    assert titles[0] == "x"
    assert titles[-2:] == ["113 more", "output"]
    assert all(a in picture.parents and b in picture.parents for a, b in [(w.source, w.target) for w in picture.wires])


def test_modules_are_opened_as_deep_as_there_is_room() -> None:
    """With room for less, less is opened; never some modules of a depth and not others."""
    document = drawings.chain(8)
    sizes = [sum(map(len, Picture(document, most).inside.values())) for most in (3, 6, 40)]
    assert [later >= earlier for earlier, later in pairwise(sizes)] == [True, True]


def parsed(written: bytes) -> ET.Element:
    """Return a picture as XML; fails if it is not well-formed."""
    return ET.fromstring(written)  # noqa: S314 -- our own output


def is_apart(one: list[float], other: list[float]) -> bool:
    """Return whether two rectangles do not touch, or one lies in the other."""
    ends = [(each[0], each[1], each[0] + each[2], each[1] + each[3]) for each in (one, other)]
    (left, top, right, bottom), (x, y, to_x, to_y) = ends
    is_beside = right <= x or to_x <= left or bottom <= y or to_y <= top
    inner = (left <= x and to_x <= right and top <= y and to_y <= bottom, x <= left and right <= to_x)
    return is_beside or inner[0] or (inner[1] and y <= top and bottom <= to_y)


def texts(drawn: ET.Element) -> list[str]:
    """Return the texts of a picture in the order of its lines."""
    return ["".join(element.itertext()) for element in drawn.iter(f"{_SVG}text")]


def parts(graph: pydot.Graph) -> tuple[set[str], set[str]]:
    """Return the names of the clusters and of the nodes of a graph, at all depths."""
    clusters: set[str] = set()
    nodes: set[str] = set()
    stack = [graph]
    while stack:
        each = stack.pop()
        stack.extend(each.get_subgraphs())
        clusters |= {str(inner.get_name()) for inner in each.get_subgraphs()}
        nodes |= {str(node.get_name()) for node in each.get_nodes()}
    return clusters, nodes - {"graph", "node", "edge"}


def test_html_is_the_viewer_with_the_document_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the page reads is what json writes, whatever its names hold."""
    monkeypatch.setattr(bundle, "read", lambda: Bundle("let built = 1", "p{}"))
    document = drawings.nasty()
    page = find_format("html").export(document)
    assert find_format("html").MARK in page[:2000]
    held = re.search(rb'<script type="application/json" id="visunn-document">(.*?)</script>', page, re.DOTALL)
    assert held is not None
    assert decode(held[1]) == document


def test_a_row_stands_in_the_middle() -> None:
    """Branches that are wider than a box are pushed apart on both sides alike."""
    document = build(of_case(recycled.SIAMESE), root=Path.cwd())
    areas = Geometry(Picture(document, 40)).areas
    first, second = (areas[cell] for cell, box in enumerate(document.boxes) if box.label == "encoder")
    assert first.x == -second.x
    assert first.right < second.left
