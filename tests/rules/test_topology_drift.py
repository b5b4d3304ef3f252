"""A model is compared with its lock file."""

from pathlib import Path

import pytest

from visunn_lint.cli import run

Capture = pytest.CaptureFixture[str]

MODEL = """\
from torch import nn

class Net(nn.Module):
    example_inputs = "2x4"

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 8)
        self.head = nn.Linear(8, 2)

    def forward(self, x):
        return self.head(self.fc(x))
"""

FOUND = "VIS404 [error] the model is no longer what visunn.lock says"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "visunn.toml").write_text('[models.net]\ntarget = "net.py"\n', encoding="utf-8")
    (tmp_path / "net.py").write_text(MODEL, encoding="utf-8")
    assert run(["lock"]) == 0


def check(capsys: Capture) -> list[str]:
    """Return the findings of a check of all configured models."""
    capsys.readouterr()
    run(["check", "--select", "VIS404", "--output-format", "concise", "-q"])
    return capsys.readouterr().out.splitlines()


def test_model_that_is_as_locked(capsys: Capture) -> None:
    """Nothing is found."""
    assert check(capsys) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "Linear(4, 8)",
            "Linear(4, 8, bias=False)",
            f"net.py:8:9: {FOUND}: `fc` (Linear) bias default → False",
        ),
        (
            "nn.Linear(8, 2)",
            "nn.Identity()",
            f"net.py:9:9: {FOUND}: `head` (Identity) Linear → Identity",
        ),
        (
            "self.head(self.fc(x))",
            "self.head(self.fc(x) + x.sum())",
            f"net.py:3:1: {FOUND}: `<x>` now feeds `head`",
        ),
    ],
)
def test_drift_is_told_where_it_was_made(old: str, new: str, told: str, tmp_path: Path, capsys: Capture) -> None:
    """One finding for a model, with its first changes."""
    (tmp_path / "net.py").write_text(MODEL.replace(old, new), encoding="utf-8")
    assert check(capsys) == [told]


def test_lock_file_that_is_none_is_told(tmp_path: Path, capsys: Capture) -> None:
    """The model could not be linted as it should be."""
    (tmp_path / "visunn.lock").write_text("{}", encoding="utf-8")
    assert run(["check", "--select", "VIS404"]) == 2
    assert "is no lock file" in capsys.readouterr().err
