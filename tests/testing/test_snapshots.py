"""``topology_snapshot``: written on request, read by people, and what differs is told line by line."""

from collections.abc import Callable

import pytest

Run = Callable[..., pytest.RunResult]

TEST = """
from net import Good

def test_net(visunn, topology_snapshot):
    assert visunn(Good(), inputs="2x4") == topology_snapshot
"""

KEPT = """\
Good   40 parameters   64 FLOPs a sample   input 2×4 float32   captured on meta, eval

module   kind         output   parameters
└── fc   Linear 4→8   2×8              40

Parameters          40    0.00 MB
Trainable           40
Non-trainable        0
FLOPs, batch of 2  128
Input                     0.00 MB
Forward/backward          0.00 MB
Estimated total           0.00 MB

feeds
  <x> → fc
  fc → <out.0>
"""


@pytest.fixture
def folder(pytester: pytest.Pytester) -> pytest.Pytester:
    """Return a project with a test that compares a model with its snapshot."""
    pytester.makepyfile(test_net=TEST)
    return pytester


def test_snapshot_is_written_on_request_and_holds(folder: pytest.Pytester, run: Run) -> None:
    """Without one the test fails; once it is written it passes, and the file is text for a review."""
    run("-q", "-p", "syrupy").assert_outcomes(failed=1)
    run("-q", "-p", "syrupy", "--snapshot-update").assert_outcomes(passed=1)
    run("-q", "-p", "syrupy").assert_outcomes(passed=1)
    (file,) = folder.path.rglob("*.txt")
    lines = [line.rstrip() for line in file.read_text(encoding="utf-8").splitlines()]
    assert lines == KEPT.splitlines()


def test_what_changed_is_told_line_by_line(folder: pytest.Pytester, run: Run) -> None:
    """A module that came is one line more, and the totals differ."""
    run("-q", "-p", "syrupy", "--snapshot-update")
    (file,) = folder.path.rglob("*.txt")
    file.write_text(file.read_text(encoding="utf-8").replace("4→8", "4→9"), encoding="utf-8")
    result = run("-q", "-p", "syrupy")
    result.assert_outcomes(failed=1)
    told = result.stdout.str()
    assert "4→9" in told
    assert "4→8" in told


def test_only_topologies_are_compared(pytester: pytest.Pytester, run: Run) -> None:
    """A model in place of its topology is told, with what to write."""
    pytester.makepyfile("def test_it(topology_snapshot):\n    assert 3 == topology_snapshot\n")
    result = run("-q", "-p", "syrupy", "--snapshot-update")
    result.assert_outcomes(failed=1)
    assert "topology_snapshot compares topologies, not int: use visunn(model)" in result.stdout.str()


@pytest.mark.usefixtures("folder")
def test_without_syrupy_it_says_what_to_install(run: Run) -> None:
    """It is an extra."""
    result = run("-q")
    result.assert_outcomes(errors=1)
    assert "topology_snapshot needs syrupy: pip install 'visunn-lint[snapshot]'" in result.stdout.str()
