"""The layout of any graph is finite, without overlap and always the same; of plain ones it is what one would draw."""

from __future__ import annotations

from itertools import pairwise
from math import isfinite

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visunn_lint.layout import Layout, arrange

_MANY = 50_000


@st.composite
def graphs(draw: st.DrawFn) -> tuple[int, list[tuple[int, int]]]:
    """Return a number of vertices and edges between them: cycles, loops and doubles among these."""
    count = draw(st.integers(0, 30))
    vertex = st.integers(0, max(count - 1, 0))
    return count, draw(st.lists(st.tuples(vertex, vertex), max_size=80)) if count else []


@given(graphs())
def test_no_two_boxes_overlap(graph: tuple[int, list[tuple[int, int]]]) -> None:
    """Every rank and place is finite, and neighbours in a rank are at least 1 apart."""
    layout = arrange(*graph)
    assert_apart(layout)
    assert len(layout.ranks) == len(layout.places) == graph[0]


@given(graphs())
def test_a_graph_always_gives_one_picture(graph: tuple[int, list[tuple[int, int]]]) -> None:
    """Neither the order of the edges nor their doubles play a part in the ranks."""
    count, edges = graph
    assert arrange(count, edges) == arrange(count, list(edges))
    assert arrange(count, [*edges, *edges]) == arrange(count, edges)


@given(graphs())
def test_data_flows_from_rank_to_rank(graph: tuple[int, list[tuple[int, int]]]) -> None:
    """Without cycles, every edge leads to a later rank, and the first rank is not empty."""
    count, edges = graph
    forward = [(source, target) for source, target in edges if source < target]
    ranks = arrange(count, forward).ranks
    assert all(ranks[source] < ranks[target] for source, target in forward)
    assert min(ranks, default=0) == 0


@pytest.mark.parametrize(
    ("edges", "most"),
    [
        (lambda many: [(each, each + 1) for each in range(many - 1)], _MANY - 1),
        (lambda many: [(each + 1, each) for each in range(many - 1)], _MANY - 1),
        (lambda many: [(each, (each + 1) % many) for each in range(many)], _MANY - 1),
        (lambda many: [pair for each in range(many - 1) for pair in [(each, each + 1), (each + 1, each)]], _MANY - 1),
        (lambda many: [(0, each) for each in range(1, many)], 1),
        (lambda many: [(each, many - 1) for each in range(many - 1)], 1),
        (lambda many: [(each, each) for each in range(many)], 0),
        (lambda _: [], 0),
    ],
    ids=["chain", "backward chain", "ring", "two-cycles", "star", "inward star", "self loops", "no edges"],
)
def test_a_large_graph_is_laid_out(edges: object, most: int) -> None:
    """Fifty thousand boxes in a form that overflows a stack, or takes forever, elsewhere."""
    assert callable(edges)
    layout = arrange(_MANY, edges(_MANY))
    assert_apart(layout)
    assert max(layout.ranks) == most


def test_nothing_is_laid_out_as_nothing() -> None:
    """A graph without vertices has a layout, an empty one."""
    assert arrange(0, []) == Layout((), ())


def test_a_chain_is_straight_whatever_skips_over_it() -> None:
    """Skip connections bend nothing: they are drawn as arches."""
    chain = [(each, each + 1) for each in range(5)]
    assert arrange(6, [*chain, (0, 5), (1, 4)]) == Layout((0, 1, 2, 3, 4, 5), (0.0,) * 6)


def test_equal_branches_stand_about_the_middle() -> None:
    """Four branches from one box into another, as in an inception block."""
    edges = [(0, branch) for branch in (1, 2, 3, 4)] + [(branch, 5) for branch in (1, 2, 3, 4)]
    assert arrange(6, edges) == Layout((0, 1, 1, 1, 1, 2), (0.0, -1.5, -0.5, 0.5, 1.5, 0.0))


def test_a_short_branch_steps_aside() -> None:
    """The longer way stays straight; the box beside it stands where it is needed, as a downsample does."""
    edges = [(0, 1), (1, 2), (2, 4), (3, 4), (4, 5)]
    assert arrange(6, edges) == Layout((0, 1, 2, 2, 3, 4), (0.0, 0.0, 0.0, 1.0, 0.0, 0.0))


def test_what_is_to_stand_first_does() -> None:
    """An input that is read late keeps to the first rank; a source that is none moves up to its reader."""
    edges = [(0, 2), (2, 3), (3, 4), (1, 4)]
    assert arrange(5, edges, first=[0, 1]).ranks == (0, 0, 1, 2, 3)
    assert arrange(5, edges, first=[0]).ranks == (0, 2, 1, 2, 3)


def test_a_box_without_edges_stands_beside_the_one_before_it() -> None:
    """It is where it was run."""
    assert arrange(4, [(0, 1), (1, 3)]) == Layout((0, 1, 1, 2), (0.0, 0.0, 1.0, 0.0))


def assert_apart(layout: Layout) -> None:
    """Fail if places are not finite, or two in one rank are less than 1 apart."""
    rows: dict[int, list[float]] = {}
    for rank, place in zip(layout.ranks, layout.places, strict=True):
        rows.setdefault(rank, []).append(place)
    assert all(rank >= 0 for rank in rows)
    assert all(isfinite(place) for row in rows.values() for place in row)
    assert all(b - a >= 1 for row in rows.values() for a, b in pairwise(sorted(row)))
