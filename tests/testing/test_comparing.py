"""How a failing comparison of topologies, or of reports, reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def test_topologies_differ_as_trees_do(failure: Callable[[str], str]) -> None:
    """The rows of the trees that differ are shown, with a few around them."""
    assert (
        failure(
            """
        from torch import nn

        def test_equal(visunn):
            one = visunn(nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 4)), inputs="2x4")
            other = visunn(nn.Sequential(nn.Linear(4, 8), nn.Linear(8, 4)), inputs="2x4")
            assert one == other
        """
        )
        == """assert <Topology Sequential: 4 modules, 9 nodes, eval> == <Topology Sequential: 3 modules, 8 nodes, eval>
  …
   module   kind         output   parameters
   ├── 0    Linear 4→8   2×8              40
  -├── 1    ReLU         2×8
  -└── 2    Linear 8→4   2×4              36
  +└── 1    Linear 8→4   2×4              36

   Parameters          76    0.00 MB"""
    )


def test_topologies_with_equal_trees_tell_what_differs(failure: Callable[[str], str]) -> None:
    """What a tree does not show is named by module and field."""
    assert (
        failure(
            """
        from torch import nn

        def test_equal(visunn):
            one = visunn(nn.Sequential(nn.Hardtanh(0, 1)), inputs="2x4")
            other = visunn(nn.Sequential(nn.Hardtanh(0, 2)), inputs="2x4")
            assert one == other
        """
        )
        == """assert <Topology Sequential: 2 modules, 3 nodes, eval> == <Topology Sequential: 2 modules, 3 nodes, eval>
  the trees are the same; they differ in what a tree does not show:
    Sequential: calls
    0: hyperparameters, calls, at_default
    nodes"""
    )


def test_reports_differ_by_their_findings(failure: Callable[[str], str]) -> None:
    """A finding that only one of two reports has is shown as such."""
    assert (
        failure(
            """
        import visunn_lint
        from net import Good, Wasteful

        def test_equal():
            assert visunn_lint.check(Wasteful(), inputs="2x4") == visunn_lint.check(Good(), inputs="2x4")
        """
        )
        == """assert <Report: 1 finding in Wasteful> == <Report: 0 findings in Good>
  …
  -net.py:16:9: VIS101 [warning] `unused` (Linear) is never called: 40 parameters"""
    )


def test_other_comparisons_are_left_alone(failure: Callable[[str], str]) -> None:
    """A topology compared with something else reads as pytest has it."""
    assert failure(
        """
        def test_equal(visunn):
            assert visunn("good") == 1
        """
    ) == (
        "AssertionError: assert <Topology Good: 2 modules, 5 nodes, eval> == 1\n"
        " +  where <Topology Good: 2 modules, 5 nodes, eval> = visunn('good')"
    )
