"""The pytest plugin, in a test run of its own."""

from importlib.metadata import entry_points

import pytest

_IS_INSTALLED = "visunn" in {entry.name for entry in entry_points(group="pytest11")}


def test_the_fixture_traces(pytester: pytest.Pytester) -> None:
    """The fixture ``visunn`` gives the topology of a model to assert on."""
    pytester.makepyfile(
        """
        from torch import nn

        def test_topology(visunn):
            topology = visunn(nn.Sequential(nn.Linear(4, 8), nn.ReLU()), inputs="2x4")
            assert topology["0"].output_shape == (2, 8)
        """,
    )
    result = pytester.runpytest_inprocess(*([] if _IS_INSTALLED else ["-p", "visunn_lint.plugin"]))
    result.assert_outcomes(passed=1)
