"""Whether data flows from one place to another."""

import pytest

from tests.assertions.failing import failure
from visunn_lint import Topology


@pytest.mark.parametrize(
    ("start", "end", "number"),
    [
        ("stem", "head", 1),
        ("Block", "head", 2),
        ("x", "logits", 1),
        ("x", "same", 1),
        ("same", "head", 1),
        ("head", "stem", 0),
        ("aux", "output", 0),
        ("mask", "logits", 0),
        ("unused", "head", 0),
    ],
)
def test_paths_are_one_from_each_place(topology: Topology, start: str, end: str, number: int) -> None:
    """There is a shortest way from each place that reaches the other, none from one that does not."""
    assert len(topology.paths(start, end)) == number


def test_a_path_is_the_nodes_that_data_passes(topology: Topology) -> None:
    """It begins in the one place and ends in the other."""
    ((*nodes,),) = topology.paths("drop", "logits")
    assert [node.op for node in nodes] == ["aten::dropout", "aten::linear", "output"]


def test_what_does_not_reach_tells_where_it_ends(topology: Topology) -> None:
    """The message says what becomes of the data: dropped, another output, never there."""
    topology.assert_reaches("stem", "head")
    assert failure(lambda: topology.assert_reaches("aux", "head")) == (
        "no data flows from `aux` to `head`\n"
        "    it ends `softmax` at torch.softmax(self.aux(y), -1), which nothing reads"
    )
    assert failure(lambda: topology.assert_reaches("mask", "head")) == (
        "no data flows from `input mask` to `head`\n    it goes to the output `twice` alone"
    )
    assert failure(lambda: topology.assert_reaches("unused", "head")) == (
        "no data flows from `unused` to `head`\n    it is never called"
    )


def test_what_depends_shows_the_way(topology: Topology) -> None:
    """Independence holds in both directions; the message leads from the one place to the other."""
    topology.assert_independent("mask", "head")
    topology.assert_independent("aux", "head")
    expected = (
        "`head` depends on `drop`\n"
        '    from `drop`, dropout at return {"logits": self.head(self.same(self.drop(y))), "twice": mask * 2}\n'
        '    to   `head`, linear at return {"logits": self.head(self.same(self.drop(y))), "twice": mask * 2}'
    )
    assert failure(lambda: topology.assert_independent("drop", "head")) == expected
    assert failure(lambda: topology.assert_independent("head", "drop")) == expected


def test_a_long_way_is_cut(topology: Topology) -> None:
    """Of a long way both ends are shown."""
    lines = failure(lambda: topology.assert_independent("stem", "head")).splitlines()
    assert lines[4] == "    … 2 more"
    assert len(lines) == 8


def test_a_place_that_is_not_there_is_no_success(topology: Topology) -> None:
    """A misspelt place fails both ways."""
    message = "nothing in Net matches `stme`; did you mean `stem` or `same`?"
    assert failure(lambda: topology.assert_independent("stme", "head")) == message
    assert failure(lambda: topology.assert_reaches("head", "stme")) == message
