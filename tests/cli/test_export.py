"""`visunn export`: which format, where it goes, what is never written over; the formats are tested in tests/render."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from visunn_lint.cli import run
from visunn_lint.document import decode
from visunn_lint.pipeline.events import topology_of

Capture = pytest.CaptureFixture[str]

MODEL = """\
from torch import nn

class Net(nn.Module):
    example_inputs = "2x4"

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, {width}), nn.ReLU())
        self.unused = nn.Linear(4, 4)

    def forward(self, x):
        return self.body(x)
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.py").write_text(MODEL.format(width=8), encoding="utf-8")


@pytest.mark.parametrize(
    ("path", "start"),
    [
        ("model.json", '{"format":"visunn.graph/1"'),
        ("new/folder/model.svg", "<svg "),
        ("model.dot", "// drawn by visunn"),
        ("model.gv", "// drawn by visunn"),
        ("model.mmd", "flowchart TB"),
    ],
)
def test_the_suffix_tells_the_format(path: str, start: str, capsys: Capture) -> None:
    """Folders are made, and stderr says what was written."""
    assert run(["export", "a.py", "-o", path]) == 0
    assert Path(path).read_text("utf-8").startswith(start)
    out, err = capsys.readouterr()
    assert out == ""
    assert f"wrote {path}" in err


def test_a_format_can_be_named(capsys: Capture) -> None:
    """It counts for more than the suffix, and a dash is stdout."""
    assert run(["export", "a.py", "-o", "model.txt", "--to", "svg"]) == 0
    assert Path("model.txt").read_text("utf-8").startswith("<svg ")
    capsys.readouterr()
    assert run(["export", "a.py", "-o", "-", "--to", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["name"] == "Net"


def test_stdout_is_utf8_whatever_the_terminal_is() -> None:
    """What is written there is the file, byte by byte."""
    program = "import sys; from visunn_lint.cli import run; sys.exit(run(['export', 'a.py', '-o', '-', '--to', 'dot']))"
    done = subprocess.run(  # noqa: S603 -- this very Python
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        check=True,
    )
    assert "2×4".encode() in done.stdout


def test_an_event_log_goes_to_a_folder() -> None:
    """Which TensorBoard opens, and visunn reads."""
    assert run(["export", "a.py", "-o", "logs", "--to", "tensorboard"]) == 0
    (log,) = Path("logs").iterdir()
    assert [module.path for module in topology_of((log,))] == ["", "body", "body.0", "body.1", "unused"]


def test_two_exports_are_the_same_bytes() -> None:
    """So that a picture in a repository changes when the model does."""
    for name in ("one.json", "other.json"):
        assert run(["export", "a.py", "-o", name]) == 0
    assert Path("one.json").read_bytes() == Path("other.json").read_bytes()


def test_what_the_rules_find_is_shown_unless_it_is_not_wanted() -> None:
    """The module that is never called is a finding."""
    assert run(["export", "a.py", "-o", "with.json"]) == 0
    assert run(["export", "a.py", "-o", "without.json", "--no-findings"]) == 0
    codes = [[each.code for each in decode(Path(name).read_bytes()).findings] for name in ("with.json", "without.json")]
    assert codes == [["VIS101"], []]


def test_what_changed_since_another_model_is_shown() -> None:
    """The document names the older model, and the modules that differ."""
    Path("old.py").write_text(MODEL.format(width=6), encoding="utf-8")
    assert run(["export", "a.py", "-o", "diff.json", "--against", "old.py"]) == 0
    against = decode(Path("diff.json").read_bytes()).against
    assert against is not None
    assert against.name == "old.py"
    assert [(change.kind, change.after) for change in against.changes] == [("changed", "body.0")]


def test_a_mode_can_be_chosen() -> None:
    """The graph of training is another one."""
    assert run(["export", "a.py", "-o", "model.json", "--mode", "train"]) == 0
    assert decode(Path("model.json").read_bytes()).capture.mode == "train"


def test_a_forward_that_raises_is_shown_as_far_as_it_came(capsys: Capture) -> None:
    """Exit 1, as for the tree."""
    Path("a.py").write_text(MODEL.format(width=8).replace("self.body(x)", "self.unused(self.body(x))"), "utf-8")
    assert run(["export", "a.py", "-o", "model.json"]) == 1
    assert decode(Path("model.json").read_bytes()).failure is not None
    capsys.readouterr()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["a.py"], "missing option '-o' / '--output'"),
        (["a.py", "-o", "model"], "'model' does not tell the format; give --to html|json|svg|dot|mermaid|tensorboard"),
        (["a.py", "-o", "model.jsn"], "'model.jsn' does not tell the format; did you mean .json? give --to "),
        (["a.py", "-o", "-"], "stdout has no suffix that tells the format"),
        (["a.py", "-o", "-", "--to", "tensorboard"], "an event log is no text: give -o a file or a folder"),
        (["a.py", "-o", "a.py", "--to", "svg"], "a.py is there already, and visunn did not write it as svg"),
        (["a.py", "-o", "folder.svg"], "folder.svg is a folder"),
        (["a.py", "-o", "link.svg"], "link.svg is a symbolic link: it is not written through"),
        (["a.py", "-o", "link.svg", "--force"], "link.svg is a symbolic link: it is not written through"),
        (["a.py", "-o", "a.py/x.svg"], "cannot write a.py/x.svg: "),
        (["gone.py", "-o", "x.svg"], "gone.py: "),
        (["a.py", "-o", "x.svg", "--against", "gone.py"], "gone.py: "),
    ],
)
def test_what_cannot_be_written_is_told_in_one_line(arguments: list[str], message: str, capsys: Capture) -> None:
    """Exit 2, and what was there is as it was."""
    Path("folder.svg").mkdir()
    Path("target.svg").write_text("mine", encoding="utf-8")
    Path("link.svg").symlink_to("target.svg")
    assert run(["export", *arguments]) == 2
    err = capsys.readouterr().err
    assert message in err
    assert "Traceback" not in err
    assert Path("target.svg").read_text("utf-8") == "mine"
    assert Path("a.py").read_text("utf-8") == MODEL.format(width=8)


@pytest.mark.skipif(sys.platform == "win32", reason="a shell there has no names for pipes")
def test_a_link_to_a_pipe_is_followed() -> None:
    """``-o /dev/stdout`` and ``-o >(cat)`` are written to."""
    assert run(["export", "a.py", "--to", "mermaid", "-o", "written"]) == 0
    reader, writer = os.pipe()
    with os.fdopen(reader, encoding="utf-8") as pipe:
        assert run(["export", "a.py", "--to", "mermaid", "-o", f"/dev/fd/{writer}"]) == 0
        os.close(writer)
        assert pipe.read() == Path("written").read_text("utf-8")


def test_its_own_file_is_written_anew_and_another_with_force() -> None:
    """An empty file, as mktemp leaves one, is nobody's."""
    Path("model.svg").touch()
    for _ in range(2):
        assert run(["export", "a.py", "-o", "model.svg"]) == 0
    Path("model.svg").write_text("<svg>mine</svg>", encoding="utf-8")
    assert run(["export", "a.py", "-o", "model.svg"]) == 2
    assert run(["export", "a.py", "-o", "model.svg", "--force"]) == 0
    assert b"drawn by visunn" in Path("model.svg").read_bytes()


def test_nothing_half_written_is_left(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    """A disk that is full leaves the old file, and no other."""
    assert run(["export", "a.py", "-o", "model.svg"]) == 0
    old = Path("model.svg").read_bytes()
    monkeypatch.setattr(Path, "replace", _full)
    assert run(["export", "a.py", "-o", "model.svg", "--mode", "train"]) == 2
    assert "cannot write model.svg: No space left" in capsys.readouterr().err
    assert Path("model.svg").read_bytes() == old
    assert [file.name for file in Path().iterdir() if file.name.endswith(".tmp")] == []


def _full(*_: object) -> None:
    raise OSError(28, "No space left")
