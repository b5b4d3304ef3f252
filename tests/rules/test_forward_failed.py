"""VIS213 tells module, op, shapes and line, and what the error means."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.rules.building import capture_source
from visunn_lint.rules.forward_failed import ForwardFailed

_NET = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 8)

    def forward(self, x):
        {line}
        return x
"""


@pytest.mark.parametrize(
    ("line", "message", "advice"),
    [
        (
            "x = self.fc(x.t())",
            "`fc` raises RuntimeError (linear of 4×2, 8×4, 8): mat1 and mat2 shapes cannot be multiplied (4x2 and 4x8)",
            "the input has 2 features in its last axis and the weight takes 4",
        ),
        (
            "x = x + torch.ones(3)",
            (
                "forward raises RuntimeError (add of 2×4, 3): The size of tensor a (4) must match the size of "
                "tensor b (3) at non-singleton dimension 1"
            ),
            "the operands have 4 and 3 elements in axis 1, and neither is 1",
        ),
        (
            "x = x.view(3, 3)",
            "forward raises RuntimeError (view of 2×4): shape '[3, 3]' is invalid for input of size 8",
            "8 elements do not fill the shape [3, 3]",
        ),
        (
            "x = self.fcc(x)",
            "forward raises AttributeError: 'Net' object has no attribute 'fcc'",
            "is `fcc` assigned in __init__, and spelled so?",
        ),
        ("raise KeyError", "forward raises KeyError: no message", ""),
    ],
)
def test_a_failure_is_told_in_full(line: str, message: str, advice: str, tmp_path: Path) -> None:
    """Once, though it happens in both modes."""
    found = set(ForwardFailed().check(capture_source(_NET.format(line=line), "2x4", tmp_path)))
    assert [(each.message, each.help, each.location and each.location.line) for each in found] == [
        (message, advice, 11)
    ]


def test_a_failure_in_one_mode_says_so(tmp_path: Path) -> None:
    """The other mode is fine."""
    source = _NET.format(line="if self.training: raise ValueError('odd batch')")
    (found,) = ForwardFailed().check(capture_source(source, "2x4", tmp_path))
    assert found.message == "forward raises ValueError in train mode only: odd batch"


def test_guessed_inputs_are_no_ground_for_a_finding(tmp_path: Path) -> None:
    """A wrong guess of ours is not the model's fault."""
    model = capture_source(_NET.format(line="raise KeyError"), "2x4", tmp_path)
    assert list(ForwardFailed().check(replace(model, inputs_are_guessed=True))) == []
