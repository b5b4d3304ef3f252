"""What is wrong with a softmax layer of torch is told where the user builds it: its line in torch is nobody's."""

from pathlib import Path

import pytest

from visunn_lint.cli import run


@pytest.mark.parametrize(
    ("layers", "inputs", "told"),
    [
        ("nn.Linear(4, 3), nn.Softmax()", "2x4", "VIS210 [warning] `softmax` is not told its axis"),
        ("nn.Linear(4, 1), nn.Softmax(dim=1)", "2x4", "VIS208 [error] `softmax` over axis 1 of 2×1"),
        ("nn.Linear(4, 3), nn.Softmax(dim=0)", "b x 4", "VIS209 [warning] `softmax` over axis 0 of 2×3"),
    ],
)
def test_layer_is_told_at_the_line_that_builds_it(
    layers: str,
    inputs: str,
    told: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In a Sequential at the top of a file."""
    monkeypatch.chdir(tmp_path)
    Path("net.py").write_text(f"from torch import nn\n\nmodel = nn.Sequential({layers})\n", encoding="utf-8")
    code = told.partition(" ")[0]
    assert run(["check", "net.py", "--input", inputs, "--select", code, "--output-format", "concise", "-q"]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("net.py:3:")
    assert told in line
