"""`visunn profile`: a table or a document for every model of a target and every engine."""

import json
from pathlib import Path

import pytest

from visunn_lint.cli import run

Capture = pytest.CaptureFixture[str]

MODEL = """\
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 8)

    def forward(self, x):
        print("noise")
        return self.fc(x)
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model.py").write_text(MODEL, encoding="utf-8")
    monkeypatch.chdir(tmp_path)


def test_the_table_has_a_column_for_each_engine(capsys: Capture) -> None:
    """Every engine that is asked for is a column, and what the model prints is not on stdout."""
    engines = ["--engine", "native", "--engine", "torchscript"]
    assert run(["profile", "model.py", "--input", "2x4", "--repeats", "1", *engines]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Net, eval, float32[2,4]: 1 run"
    assert lines[2].split() == ["native", "torchscript"]


def test_json_for_programs(capsys: Capture) -> None:
    """The document holds mode, inputs and engine as they were asked for."""
    arguments = ["--input", "2x4", "--repeats", "2", "--mode", "train", "--output-format", "json"]
    assert run(["profile", "model.py", *arguments]) == 0
    document = json.loads(capsys.readouterr().out)
    told = document["profiles"][0]
    assert (document["version"], len(document["profiles"])) == (1, 1)
    assert [told[key] for key in ("name", "engine", "mode", "inputs", "repeats")] == [
        "Net", "native", "train", ["float32[2,4]"], 2,
    ]  # fmt: skip


def test_a_forward_that_raises_is_exit_1(capsys: Capture) -> None:
    """The table is of what ran before, and stderr says so, however quiet it is to be."""
    assert run(["profile", "model.py", "--input", "2x5", "--repeats", "1", "-q"]) == 1
    out, err = capsys.readouterr()
    assert out.splitlines()[0] == "Net, eval, float32[2,5]: 1 run"
    assert err.splitlines()[-1].startswith("error: Net was profiled until it raised RuntimeError: ")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["missing.py"], "error: missing.py: no such file or folder\n"),
        (["model.py", "--input", "2*4"], "error: model.py: cannot read the input '2*4'\n"),
        (["model.py", "--input", "2x4", "--engine", "x"], "noise\nerror: model.py: no engine is called 'x'\n"),
        (["model.py", "--repeats", "0"], "error: invalid value for '--repeats': 0 is not in the range x>=1\n"),
        ([], "error: missing argument 'TARGET'\n"),
    ],
)
def test_what_cannot_be_profiled_is_exit_2(arguments: list[str], error: str, capsys: Capture) -> None:
    """A target, an engine or a number that there is not is one line and exit 2."""
    assert run(["profile", *arguments]) == 2
    out, err = capsys.readouterr()
    assert (out, err[: len(error)]) == ("", error)
