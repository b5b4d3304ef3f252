"""`--output-format FORMAT[=PATH]`: where reports go, and that a file is written whole or not at all."""

import json
import os
import re
import stat
import sys
from pathlib import Path

import pytest

from tests.projects import NET, write
from visunn_lint.cli import run
from visunn_lint.render import report_formats

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the current folder: a project with one clean model."""
    write(tmp_path, {"visunn.toml": "", "net.py": NET})
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check(*outputs: str) -> int:
    """Return the exit code of a check of the model that writes these outputs."""
    return run(["check", "net.py", "--input", "2x4", *(f"--output-format={output}" for output in outputs)])


def test_one_run_writes_every_format(folder: Path, capsys: Capture) -> None:
    """All formats can be written at once, in folders that are made, and nothing else is left there."""
    assert check("full", *(f"{name}=out/deep/report.{name}" for name in report_formats())) == 0
    assert sorted(file.name for file in (folder / "out/deep").iterdir()) == [
        f"report.{name}" for name in report_formats()
    ]
    assert capsys.readouterr().out == (folder / "out/deep/report.full").read_text("utf-8")


@pytest.mark.parametrize("name", report_formats())
def test_two_runs_print_the_same_bytes(name: str, capsys: Capture) -> None:
    """No format tells when, where or in what order something ran."""
    printed = [(check(name), capsys.readouterr().out) for _ in range(2)]
    assert printed[0] == printed[1]


def test_a_file_is_replaced_and_keeps_its_mode(folder: Path) -> None:
    """A report takes the place of an older one, and is as readable as that was."""
    older = folder / "report.json"
    older.write_text("older", encoding="utf-8")
    older.chmod(0o640)
    assert check("json=report.json") == 0
    assert older.read_text("utf-8").startswith('{\n  "version": 1')
    assert stat.S_IMODE(older.stat().st_mode) == 0o640


def test_a_new_file_is_as_readable_as_any(folder: Path) -> None:
    """A report that is written by one user can be read by another, as far as the umask allows."""
    before = os.umask(0o022)
    try:
        check("json=report.json")
    finally:
        os.umask(before)
    assert stat.S_IMODE((folder / "report.json").stat().st_mode) == 0o644


@pytest.mark.parametrize("leads_to", ["precious", "nothing"])
def test_a_link_to_a_file_is_never_followed(folder: Path, leads_to: str, capsys: Capture) -> None:
    """A symbolic link in the place of a report is an error, and what it leads to stays as it is."""
    (folder / "precious").write_text("mine", encoding="utf-8")
    (folder / "report.json").symlink_to(leads_to)
    assert check("json=report.json") == 2
    assert capsys.readouterr().err.startswith("error: cannot write report.json: it is a symbolic link\n  hint: ")
    assert (folder / "precious").read_text("utf-8") == "mine"
    assert not (folder / "nothing").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="a shell there has no names for pipes")
def test_a_link_to_a_pipe_is_followed(capsys: Capture) -> None:
    """``json=/dev/stdout`` and ``json=>(cat)`` are links to pipes: these are written to."""
    assert check("json") == 0
    printed = capsys.readouterr().out
    reader, writer = os.pipe()
    with os.fdopen(reader, encoding="utf-8") as pipe:
        assert check(f"json=/dev/fd/{writer}") == 0
        os.close(writer)
        assert pipe.read() == printed


def test_a_disk_that_is_full_leaves_the_older_report(
    folder: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be written to its end does not take the place of an older report, and leaves nothing behind."""
    (folder / "report.json").write_text("older", encoding="utf-8")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert check("json=report.json") == 2
    assert "cannot write report.json: No space left on device" in capsys.readouterr().err
    assert (folder / "report.json").read_text("utf-8") == "older"
    assert sorted(file.name for file in folder.glob("*.*")) == ["net.py", "report.json", "visunn.toml"]


def test_what_is_no_file_is_written_to(folder: Path) -> None:
    """A device is not replaced by a file."""
    assert check(f"json={os.devnull}") == 0
    assert not Path(os.devnull).is_file()
    assert list(folder.glob("*.tmp")) == []


@pytest.mark.parametrize(
    ("outputs", "error"),
    [
        (["json", "sarif"], "only one format can go to stdout; write the others as FORMAT=PATH"),
        (["json=a", "sarif=./a"], "two formats would go to a; give each a file of its own"),
        (["json="], "no path behind 'json='; write json=PATH, or json for stdout"),
        (["sarfi"], "no format 'sarfi'; did you mean 'sarif'?"),
        (["xyz"], "no format 'xyz'; there are concise, full, github, gitlab, json, junit, markdown, sarif"),
    ],
)
def test_what_cannot_be_written_is_told_before_a_model_runs(outputs: list[str], error: str, capsys: Capture) -> None:
    """Outputs that are misspelt or in each other's way are exit 2 and one line."""
    assert check(*outputs) == 2
    out, err = capsys.readouterr()
    assert (out, err.splitlines()[0]) == ("", f"error: invalid value for '--output-format': {error}")


def test_a_file_tells_what_stderr_told(folder: Path) -> None:
    """A report in a file names what could not be linted; on a terminal stderr has done so."""
    assert run(["check", "none.py", "--output-format=concise=report.txt"]) == 2
    assert (folder / "report.txt").read_text("utf-8").startswith("none.py could not be linted: no such file")


_UNUSED = """\
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.used, self.unused = nn.Linear(4, 4), nn.Linear(4, 4)

    def forward(self, x):
        return self.used(x)
"""


@pytest.mark.parametrize("name", sorted({*report_formats()} - {"full", "concise"}))
def test_programs_read_the_same_from_whatever_folder(
    folder: Path, name: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """Models, files and fingerprints are those of the project, and no path tells where it lies."""
    write(folder, {"below/unused.py": _UNUSED, "below/deep/empty.txt": ""})
    run(["check", "below/unused.py", "--input", "2x4", f"--output-format={name}"])
    from_root = capsys.readouterr().out
    for place, target in (("below", "unused.py"), ("below/deep", "../unused.py")):
        monkeypatch.chdir(folder / place)
        run(["check", target, "--input", "2x4", f"--output-format={name}"])
        assert capsys.readouterr().out == from_root
    assert "below/unused.py" in from_root
    assert str(folder) not in from_root


@pytest.mark.parametrize("name", sorted({*report_formats()} - {"full", "concise"}))
def test_programs_read_of_the_same_broken_targets_from_whatever_folder(
    folder: Path, name: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """A target is told with its file as seen from the project, and so is the line that broke it."""
    write(folder, {"below/bad.py": "import not_there", "bad.py": NET, "below/deep/empty.txt": ""})
    outputs = []
    for place, target in ((".", "below/bad.py"), ("below", "bad.py"), ("below/deep", "../bad.py")):
        monkeypatch.chdir(folder / place)
        assert run(["check", target, str(Path(target).with_name("gone.py")), f"--output-format={name}"]) == 2
        outputs.append(capsys.readouterr().out)
    assert outputs == outputs[:1] * 3
    assert "below/gone.py" in outputs[0]
    assert re.search(r"\(below/bad.py(:|%3A)1\)", outputs[0])
    assert str(folder) not in outputs[0]


def test_a_service_shows_the_file_that_could_not_be_linted(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """And not another of the same name, that lies in the root of the project."""
    write(folder, {"below/bad.py": "import not_there", "bad.py": NET})
    monkeypatch.chdir(folder / "below")
    run(["check", "bad.py", "--output-format=github"])
    assert capsys.readouterr().out.startswith("::error title=could not lint below/bad.py,file=below/bad.py,line=1::")


@pytest.mark.parametrize("target", ["mine", "package.none:Net"])
def test_a_broken_target_that_is_no_file_keeps_its_name(
    folder: Path, target: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """A name of the configuration, which a folder may have as well, and that of a module are the same everywhere."""
    write(folder, {"visunn.toml": '[models.mine]\ntarget = "gone.py"', "below/mine/net.py": NET})
    monkeypatch.chdir(folder / "below")
    run(["check", target, "--output-format=json"])
    assert [each["target"] for each in json.loads(capsys.readouterr().out)["broken"]] == [target]


def test_programs_read_the_same_by_way_of_a_link(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, capsys: Capture
) -> None:
    """A project is where it really is: a linked path names the model that the project has, and is the same target."""
    write(folder, {"unused.py": _UNUSED})
    linked = tmp_path_factory.mktemp("elsewhere") / "linked"
    linked.symlink_to(folder, target_is_directory=True)
    outputs = []
    for targets in (["unused.py"], [f"{linked}/unused.py"], [f"{linked}/unused.py", "unused.py"]):
        run(["check", *targets, "--output-format=github"])
        outputs.append(capsys.readouterr().out)
    assert outputs[0].startswith("::warning title=VIS101 unused-module,file=unused.py,line=6,")
    assert outputs == outputs[:1] * 3


def test_people_read_paths_from_their_folder(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    """As they would write them."""
    write(folder, {"below/unused.py": _UNUSED})
    monkeypatch.chdir(folder / "below")
    run(["check", "unused.py", "--input", "2x4", "--output-format=concise"])
    assert capsys.readouterr().out.startswith("unused.py:6:20: VIS101")
