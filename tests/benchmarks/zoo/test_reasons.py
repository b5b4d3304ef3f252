"""Errors that tell of the same thing fall into one group."""

import pytest

from benchmarks.zoo.reasons import kind_of

KINDS = {
    "inputs: cannot tell the inputs of Net.forward(x, mask=None): tried 12, b x 4 came furthest: "
    "RuntimeError: mat1 and mat2 shapes cannot be multiplied (2x4 and 8x8) in linear(2×4, 8×8) (net.py:12)": (
        "inputs: RuntimeError: mat1 and mat2 shapes cannot be multiplied (N and N) [linear]"
    ),
    "build: `Net` cannot be built: ImportError: no module named 'numba'": (
        "build: … cannot be built: ImportError: no module named …"
    ),
    "time: more than 60 s": "time: more than N s",
    "forward: ValueError: shape (2, 3, 4) is\n  not [2, 3]": "forward: ValueError: shape […] is not […]",
}


@pytest.mark.parametrize(("message", "kind"), KINDS.items())
def test_particulars_are_taken_out(message: str, kind: str) -> None:
    """Numbers, names, shapes and places go; the stage, the error and the op that raised it stay."""
    assert kind_of(message) == kind


def test_long_messages_are_cut() -> None:
    """A message of a whole paragraph takes one line of the report."""
    assert len(kind_of("word " * 100)) < 120
