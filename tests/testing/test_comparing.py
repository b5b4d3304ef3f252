"""How a failing comparison of topologies, or of reports, reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def test_topologies_differ_as_visunn_diff_tells(failure: Callable[[str], str]) -> None:
    """Modules that came, went or are built otherwise are shown, and the totals."""
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

  - 1  ReLU

  4 → 3 modules, 76 → 76 parameters"""
    )


def test_topologies_that_are_built_alike_tell_what_differs(failure: Callable[[str], str]) -> None:
    """What is no difference between models is named by module and field."""
    assert (
        failure(
            """
        from torch import nn

        def test_equal(visunn):
            model = nn.Sequential(nn.Hardtanh(0, 1))
            one = visunn(model, inputs="2x4")
            assert one == visunn(model, inputs="2x4", mode="train")
        """
        )
        == """assert <Topology Sequential: 2 modules, 3 nodes, eval> == <Topology Sequential: 2 modules, 3 nodes, train>
  built and wired alike; these parts differ:
    Sequential: training
    0: training
    captured"""
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
