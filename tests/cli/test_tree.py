"""`visunn tree`: the options, the marks and the exit code; how a tree looks is tested with the renderer."""

from pathlib import Path

import pytest

from visunn_lint.cli import run

Capture = pytest.CaptureFixture[str]

MODEL = """\
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 8), nn.ReLU())
        self.unused = nn.Linear(2, 2)

    def forward(self, x):
        return self.body(x)
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "visunn.toml").touch()
    (tmp_path / "model.py").write_text(MODEL, encoding="utf-8")
    monkeypatch.chdir(tmp_path)


def _rows(capsys: Capture) -> list[str]:
    """Return the rows of the tree that was printed, without what stands above and below it."""
    lines = capsys.readouterr().out.splitlines()
    start = next(index for index, line in enumerate(lines) if line.startswith("module "))
    return lines[start : lines.index("", start)]


def test_modules_with_their_findings(capsys: Capture) -> None:
    """Each module is a row, what was found in it stands behind it."""
    assert run(["tree", "model.py", "--input", "2x4"]) == 0
    assert _rows(capsys) == [
        "module       kind         output   parameters",
        "├── body     Sequential   2×8              40",
        "│   ├── 0    Linear 4→8   2×8              40",
        "│   └── 1    ReLU         2×8",
        "└── unused   Linear 2→2                     6   ▲ VIS101  never called",
    ]


def test_columns_depth_and_characters(capsys: Capture) -> None:
    """Columns are those asked for, levels no more than asked for, in ASCII if asked for."""
    assert run(["tree", "model.py", "--input", "2x4", "--columns", "input,output", "--depth", "1", "--ascii"]) == 0
    assert _rows(capsys) == [
        "module       kind          input   output",
        "|-- body     Sequential    2x4     2x8      +2 modules",
        "`-- unused   Linear 2->2                    ! VIS101  never called",
    ]


def test_order(capsys: Capture) -> None:
    """Modules come in the order that is asked for."""
    assert run(["tree", "model.py", "--input", "2x4", "--depth", "1", "--sort", "parameters"]) == 0
    assert [row.split()[1] for row in _rows(capsys)[1:]] == ["body", "unused"]
    assert run(["tree", "model.py", "--input", "2x4", "--depth", "1", "--sort", "kind"]) == 0
    assert [row.split()[1] for row in _rows(capsys)[1:]] == ["unused", "body"]


def test_a_forward_that_raises_shows_what_ran(capsys: Capture) -> None:
    """A partial tree is shown, and exit 1 says that it is one."""
    Path("model.py").write_text(MODEL.replace("self.body(x)", "self.body(x) @ x"), encoding="utf-8")
    assert run(["tree", "model.py", "--input", "2x4"]) == 1
    assert _rows(capsys) == [
        "module       kind         output   parameters",
        "├── body     Sequential   2×8              40",
        "│   ├── 0    Linear 4→8   2×8              40",
        "│   └── 1    ReLU         2×8",
        "└── unused   Linear 2→2                     6   not reached",
    ]


def test_a_mode_that_is_not_captured(capsys: Capture) -> None:
    """Where the configuration captures one mode, the other cannot be shown."""
    Path("visunn.toml").write_text('[models."model.py::Net"]\nmodes = ["eval"]\n', encoding="utf-8")
    assert run(["tree", "model.py", "--input", "2x4", "--mode", "train"]) == 2
    assert capsys.readouterr() == (
        "",
        """\
error: model.py::Net: not captured in train
  hint: give another --mode, or change `modes` in the configuration of the model
""",
    )


def test_a_broken_target_is_exit_2(capsys: Capture) -> None:
    """What cannot be loaded is told on stderr."""
    assert run(["tree", "missing.py"]) == 2
    out, err = capsys.readouterr()
    assert (out, err.partition("\n")[0]) == ("", "error: missing.py: no such file or folder")


@pytest.mark.parametrize(
    ("columns", "problem"),
    [("parametrs", "did you mean 'parameters'?"), ("nonsense", "there are input, output,")],
)
def test_an_unknown_column_is_exit_2(columns: str, problem: str, capsys: Capture) -> None:
    """A column that there is not is refused before anything runs."""
    assert run(["tree", "model.py", "--columns", columns]) == 2
    expected = f"error: invalid value for '--columns': no column '{columns}'; {problem}"
    assert capsys.readouterr().err.startswith(expected)


def test_several_models_are_headed_by_their_names(capsys: Capture, tmp_path: Path) -> None:
    """As a target names them: classes of two files may have one name."""
    (tmp_path / "other.py").write_text(MODEL, encoding="utf-8")
    assert run(["tree", "model.py", "other.py", "--input", "model.py::Net:2x4", "--input", "other.py::Net:2x4"]) == 0
    heads = [line.partition("   ")[0] for line in capsys.readouterr().out.splitlines() if " captured on " in line]
    assert heads == ["model.py::Net", "other.py::Net"]
