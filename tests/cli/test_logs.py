"""Logs as targets: what is told of them, which one is meant, and that a log is an input like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from examples.three_layer_mlp_recycled import ThreeLayerMLP
from tests.pipeline.events.logs import write_log
from tests.test_imports import modules_after
from visunn_lint.cli import run
from visunn_lint.pipeline import Capture, capture
from visunn_lint.pipeline.events import as_bytes
from visunn_lint.pipeline.events.framing import framed

if TYPE_CHECKING:
    from pathlib import Path

OTHER = capture(torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh()), (torch.zeros(2, 3),))


@pytest.fixture(scope="module")
def recycled() -> Capture:
    """Return the capture of the perceptron that uses one ReLU twice."""
    return capture(ThreeLayerMLP(), (torch.zeros(2, 3, 32, 32),))


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recycled: Capture) -> None:
    (tmp_path / "visunn.toml").touch()
    write_log(tmp_path / "logs" / "mlp", recycled)
    monkeypatch.chdir(tmp_path)


def _told(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, list[str]]:
    code = run(arguments)
    streams = capsys.readouterr()
    return code, streams.out, streams.err.splitlines()


@pytest.mark.parametrize("target", ["logs", "logs/mlp", "logs::mlp", "logs/mlp/events.out.tfevents.1"])
def test_check_reads_a_log(target: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A log is found by its file, its folder, its name, and alone below a folder of logs."""
    code, out, _ = _told(["check", target, "--output-format", "concise", "--fail-on", "info"], capsys)
    assert code == 1
    assert "VIS110 [info] `relu` (ReLU, stateless) is called 2 times" in out


def test_rules_that_need_more_than_one_run_are_skipped(capsys: pytest.CaptureFixture[str]) -> None:
    """Each with its reason."""
    _, _, told = _told(["check", "logs", "-v"], capsys)
    assert "VIS101 unused-module did not run: logs::mlp has no train capture" in told
    assert "logs::mlp: eval was read from a file" in told


def test_tree_of_a_log(capsys: pytest.CaptureFixture[str]) -> None:
    """As that of the model, but for where it comes from."""
    code, out, told = _told(["tree", "logs"], capsys)
    assert (code, told) == (0, [])
    assert out.splitlines()[:5] == [
        "ThreeLayerMLP   3,411,722 parameters   6.82 MFLOPs a sample   input 2×3×32×32 float32   read from a file",
        "",
        "module        kind               output   parameters",
        "├── flatten   Flatten            2×3072",
        "├── linear1   Linear 3072→1024   2×1024    3,146,752",
    ]


def test_diff_of_two_logs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Names of logs are the two sides, as files of models are."""
    write_log(tmp_path / "logs" / "other", OTHER)
    assert run(["diff", "logs::mlp", "logs/mlp"]) == 0
    capsys.readouterr()
    code, out, _ = _told(["diff", "logs::mlp", "logs::other"], capsys)
    assert code == 1
    assert out.startswith("logs::mlp → logs::other\n")
    assert "3,411,722 → 16 parameters" in out


def test_several_logs_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Which one is meant is to be said; those without a graph do not count."""
    write_log(tmp_path / "logs" / "other", OTHER)
    write_log(tmp_path / "logs" / "scalars", framed(b""))
    assert _told(["check", "logs"], capsys) == (
        2, "", ["error: logs: holds 2 logs: mlp, other", "  hint: say which, as in logs::mlp"],
    )  # fmt: skip


def test_log_that_there_is_not_is_answered_with_those_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    """By name; what leads out of the folder is no name."""
    assert _told(["tree", "logs::gone"], capsys) == (
        2, "", ["error: logs::gone: there is no log 'gone' in logs", "  hint: the only log in it is mlp"],
    )  # fmt: skip
    assert _told(["tree", "logs::../logs/mlp"], capsys)[2][0] == (
        "error: logs::../logs/mlp: '../logs/mlp' is no name of a log in logs"
    )


def test_log_that_is_still_being_written_is_a_warning(
    tmp_path: Path, recycled: Capture, capsys: pytest.CaptureFixture[str]
) -> None:
    """The graph is there; what comes behind it is not whole."""
    write_log(tmp_path / "logs" / "mlp", as_bytes(recycled) + b"\0")
    code, _, told = _told(["check", "logs"], capsys)
    assert (code, told) == (
        0,
        ["warning: logs::mlp: its log ends within a record: it is still being written, or its writer was stopped"],
    )


def test_damaged_log_is_one_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With what to do, and exit code 2."""
    write_log(tmp_path / "logs" / "mlp", b"no log at all, whatever its name says")
    assert _told(["check", "logs"], capsys) == (
        2,
        "",
        [
            "error: logs::mlp: does not begin as an event log does",
            "  hint: copy it again, or have it written anew",
        ],
    )


def test_log_takes_no_inputs_and_cannot_be_run(capsys: pytest.CaptureFixture[str]) -> None:
    """It was captured with its own, and there is no model in it."""
    assert "takes no --input" in _told(["check", "logs", "--input", "2x4"], capsys)[2][0]
    assert "holds no model to run" in _told(["profile", "logs"], capsys)[2][0]


def test_log_is_known_to_the_configuration(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By a name of its own, with what is said of it."""
    (tmp_path / "visunn.toml").write_text(
        '[models.net]\ntarget = "logs::mlp"\n[models.net.shapes]\nlinear3 = "b 256 -> b 11"\n', encoding="utf-8"
    )
    code, out, _ = _told(["check", "net", "--output-format", "concise"], capsys)
    assert code == 1
    assert "VIS214 [error] linear3: expected output `b 11`, got 2×10" in out


def test_edited_log_is_checked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A log is an input like any other: unchanged it is remembered, edited or added to it is not."""
    monkeypatch.setenv("VISUNN_CACHE", "1")

    def words() -> str:
        told = _told(["check", "logs/mlp", "-v"], capsys)[2]
        return next(line for line in told if line.startswith("logs/mlp: checked") or "nothing has changed" in line)

    unchanged = "logs/mlp: nothing has changed since it was checked"
    first, again = words(), words()
    write_log(tmp_path / "logs" / "mlp", OTHER)
    edited, afterwards = words(), words()
    write_log(tmp_path / "logs" / "mlp", OTHER, "events.out.tfevents.2")
    assert (again, afterwards) == (unchanged, unchanged)
    assert first == words() == "logs/mlp: checked (not checked before, or not in this way)"
    assert edited == f"logs/mlp: checked ({tmp_path}/logs/mlp/events.out.tfevents.1 has changed)"


@pytest.mark.parametrize("command", ["check", "tree"])
def test_log_is_read_without_torch(command: str, tmp_path: Path) -> None:
    """Nothing runs, and importing torch takes seconds."""
    program = f"from visunn_lint.cli import run; run([{command!r}, {str(tmp_path / 'logs')!r}])"
    assert modules_after(program) & {"torch", "tensorflow", "networkx"} == set()
