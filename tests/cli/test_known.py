"""`visunn check` on known findings: comments, `--add-ignore`, the baseline, and how they are counted."""

import json
from pathlib import Path

import pytest

from visunn_lint import source
from visunn_lint.cli import run

Capture = pytest.CaptureFixture[str]

MODEL = """\
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.norm = nn.BatchNorm1d(4)
        self.forgotten = nn.Linear(
            4, 4
        )

    def forward(self, x):
        return self.norm(self.fc(x))
"""
CHECK = ["check", "model.py", "--input", "2x4", "--output-format", "concise"]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the file of a model with two findings, in the current folder."""
    (tmp_path / "visunn.toml").touch()
    path = tmp_path / "model.py"
    _write(path, MODEL)
    monkeypatch.chdir(tmp_path)
    return path


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    source.forget()


def _lines(capsys: Capture) -> list[str]:
    return capsys.readouterr().out.splitlines()


def test_suppressed_findings_are_counted(file: Path, capsys: Capture) -> None:
    """They do not fail the check, and the summary says how many there are, and why."""
    _write(file, MODEL.replace("4, 4\n        )", "4, 4\n        )  # visunn: ignore[unused-module] for later"))
    assert run([*CHECK, "--config", 'per-module-ignores.Linear = ["VIS301"]']) == 0
    assert _lines(capsys)[-1].endswith("; 2 suppressed: 1 by per-module-ignores, 1 by comment.")


def test_json_has_the_suppressed_findings(file: Path, capsys: Capture) -> None:
    """For programs that show them."""
    _write(file, MODEL.replace("nn.Linear(4, 4)", "nn.Linear(4, 4)  # visunn: ignore[VIS301]"))
    run([*CHECK[:-1], "json"])
    document = json.loads(capsys.readouterr().out)
    assert [each["code"] for each in document["suppressed"]] == ["VIS301"]


def test_a_comment_without_use_is_a_warning(file: Path, capsys: Capture) -> None:
    """When the whole file is checked, and not when one model of it is."""
    _write(file, MODEL.replace("return", "# visunn: ignore[VIS501]\n        return"))
    assert run([*CHECK, "--select", "VIS501,VIS9"]) == 1
    assert _lines(capsys)[0] == (
        "model.py:13:9: VIS901 [warning] `VIS501` finds nothing that this comment could suppress"
    )
    assert run([*CHECK, "--select", "VIS301,VIS9"]) == 0
    assert run(["check", "model.py::Net", *CHECK[2:], "--select", "VIS501,VIS9"]) == 0


def test_add_ignore_leaves_a_clean_check(file: Path, capsys: Capture) -> None:
    """It writes what it takes, says so on stderr, and writes nothing the second time."""
    assert run([*CHECK, "--add-ignore", "--reason", "see #12"]) == 0
    out, err = capsys.readouterr()
    assert out.endswith("; 2 suppressed: 2 by comment.\n")
    assert err == "wrote 2 comments into 1 file\n"
    written = file.read_text(encoding="utf-8")
    assert written == MODEL.replace("nn.Linear(4, 4)", "nn.Linear(4, 4)  # visunn: ignore[VIS301] see #12").replace(
        "nn.Linear(\n", "nn.Linear(  # visunn: ignore[VIS101] see #12\n"
    )
    source.forget()
    assert run([*CHECK, "--add-ignore"]) == 0
    assert capsys.readouterr().err == "there is no finding\n"
    assert file.read_text(encoding="utf-8") == written


def test_a_baseline_is_written_used_and_shrunk(file: Path, capsys: Capture) -> None:
    """It holds what is known; what is new counts; what is mended is told and taken out."""
    assert run([*CHECK, "--baseline", "known.json", "--select", "VIS301,VIS9", "--update-baseline"]) == 0
    assert capsys.readouterr().err == "known.json holds 1 finding (1 new, 0 gone)\n"

    assert run([*CHECK, "--baseline", "known.json"]) == 1
    assert _lines(capsys)[-1] == "Found 1 finding in 1 model (1 warning); 1 suppressed: 1 by baseline."

    _write(file, MODEL.replace("nn.Linear(4, 4)", "nn.Linear(4, 4, bias=False)"))
    (file.parent / "visunn.toml").write_text('baseline = "known.json"\n', encoding="utf-8")
    assert run([*CHECK, "--fail-on", "info", "--ignore", "VIS101"]) == 1
    gone = "VIS301 of `fc` in model.py::Net"
    assert _lines(capsys)[0] == (
        f"known.json: VIS903 [info] the baseline holds 1 finding that is no longer there: {gone}"
    )

    assert run([*CHECK, "--update-baseline"]) == 0
    assert capsys.readouterr().err == "known.json holds 1 finding (1 new, 1 gone)\n"


def test_the_configured_models_alone_leave_the_others_in_the_baseline(file: Path) -> None:
    """Without targets, known findings are gone from the files that the configuration names, whole or in part."""
    for name in ("whole.py", "part.py", "other.py"):
        _write(file.with_name(name), f"{MODEL}\n{MODEL.replace('Net', 'Second')}")
    known = ["--baseline", "known.json", "--select", "VIS101", "--update-baseline"]
    assert run(["check", "whole.py", "part.py", "other.py", "-q", *known]) == 0

    _write(file.with_name("whole.py"), MODEL.replace("Net", "Renamed"))
    _write(file.with_name("visunn.toml"), '[models]\na.target = "whole.py"\nb.target = "part.py::Net"\n')
    assert run(["check", "-q", *known]) == 0
    held = json.loads(file.with_name("known.json").read_text(encoding="utf-8"))["findings"].values()
    assert [each["model"] for each in held] == [
        "a",
        "b",
        *(f"{name}.py::{model}" for name in ("other", "part") for model in ("Net", "Second")),
    ]


def test_a_missing_baseline_is_told_before_a_model_runs(file: Path, capsys: Capture) -> None:
    """With what makes it."""
    _write(file, "raise SystemExit")
    assert run([*CHECK, "--baseline", "known.json"]) == 2
    assert capsys.readouterr().err == (
        f"error: cannot read the baseline {file.parent / 'known.json'}: No such file or directory\n"
        "  hint: --update-baseline writes it\n"
    )


def test_without_a_baseline_there_is_none_to_update(file: Path, capsys: Capture) -> None:
    """It says how to name one, before a model runs."""
    _write(file, "raise SystemExit")
    assert run([*CHECK, "--update-baseline"]) == 2
    assert capsys.readouterr().err.startswith("error: --update-baseline: which file?\n  hint: give --baseline FILE")


def test_the_tree_marks_no_suppressed_finding(file: Path, capsys: Capture) -> None:
    """What is known needs no look."""
    _write(file, MODEL.replace("nn.Linear(4, 4)", "nn.Linear(4, 4)  # visunn: ignore[VIS301]"))
    assert run(["tree", "model.py", "--input", "2x4"]) == 0
    out = capsys.readouterr().out
    assert ("VIS301" in out, "VIS101" in out) == (False, True)
