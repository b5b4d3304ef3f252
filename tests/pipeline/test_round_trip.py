"""A capture goes through bytes, as in an event log, and comes back the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.models import seed, structures
from visunn_lint.pipeline import Capture, ModuleTable, build_topology, capture

if TYPE_CHECKING:
    from tests.models.case import Case
    from visunn_lint.records import Mode

CASES = [*seed.SEED, *structures.STRUCTURES]


@pytest.mark.parametrize("mode", ["eval", "train"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_topology_is_the_same_from_bytes_and_from_memory(case: Case, mode: Mode) -> None:
    """GraphDef and table as bytes give the very Topology that the captured objects give."""
    captured = capture(case.build(), case.args(), case.kwargs(), mode=mode)
    copy = Capture(captured.graph.SerializeToString(), ModuleTable.from_json(captured.table.to_json()))
    assert build_topology(copy) == build_topology(captured)
