"""Two ways to the same graph: the native engine and torch's own tracer agree on which call feeds which."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.models.seed import SEED
from tests.pipeline.feeding import feeds
from visunn_lint.pipeline import build_topology, capture

if TYPE_CHECKING:
    from tests.models.case import Case
    from visunn_lint.records import Mode

DIFFERENCES: dict[tuple[str, str], str] = {}
"""Model and mode of each difference that is right, with its reason; at most ten."""


@pytest.mark.parametrize("mode", ["eval", "train"])
@pytest.mark.parametrize("case", SEED, ids=str)
def test_engines_agree_on_which_call_feeds_which(case: Case, mode: Mode) -> None:
    """The relation between module calls is the same, whichever engine saw them."""
    if (case.name, mode) in DIFFERENCES:
        pytest.skip(DIFFERENCES[case.name, mode])
    model = case.build()
    native, torchscript = (
        feeds(build_topology(capture(model, case.args(), mode=mode, engine=engine)))
        for engine in ("native", "torchscript")
    )
    assert native == torchscript


def test_list_of_differences_stays_short() -> None:
    """More than ten would be no agreement."""
    assert len(DIFFERENCES) <= 10
