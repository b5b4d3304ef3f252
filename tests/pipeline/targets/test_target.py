"""What targets name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.projects import write
from visunn_lint.errors import TargetError
from visunn_lint.pipeline.targets.target import Target, parse_target

if TYPE_CHECKING:
    from pathlib import Path


def _refusal(text: str, folder: Path) -> tuple[str, str]:
    with pytest.raises(TargetError) as caught:
        parse_target(text, folder)
    return caught.value.message, caught.value.hint


def test_forms_of_a_target(tmp_path: Path) -> None:
    """A file, a name in a file, a folder and a name in a module are told apart."""
    file = write(tmp_path, {"nets.py": ""}) / "nets.py"
    assert [parse_target(text, tmp_path) for text in ("nets.py", "nets.py::Net", ".", "pkg.nets:Net")] == [
        Target("nets.py", file),
        Target("nets.py::Net", file, attribute="Net"),
        Target(".", tmp_path),
        Target("pkg.nets:Net", module="pkg.nets", attribute="Net"),
    ]


def test_missing_file_names_the_closest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A typing error in a path is answered with what is there."""
    monkeypatch.chdir(write(tmp_path, {"nets.py": ""}))
    assert _refusal("net.py", tmp_path) == ("no such file or folder", "did you mean nets.py?")


def test_one_colon_behind_a_file_is_answered_with_two(tmp_path: Path) -> None:
    """What is wanted in the file stays in the hint."""
    write(tmp_path, {"nets.py": ""})
    assert _refusal("nets.py:Net", tmp_path) == ("no such file or folder", "did you mean nets.py::Net?")


@pytest.mark.parametrize("name", ["nowhere/at/all.py", "resnet", "pkg.nets:", ":Net", "a b:c", ""])
def test_what_is_no_target_is_answered_with_the_forms(tmp_path: Path, name: str) -> None:
    """What is neither a path nor a name in a module is told what there is."""
    message, hint = _refusal(name, tmp_path / "empty")
    assert (message, hint.split(",")[0]) == ("no such file or folder", "a target is model.py")


@pytest.mark.parametrize(
    "name", ["events.out.tfevents.1.host", "graph.pb", "graph.pbtxt", "logs", "logs::mlp", "code::mlp"]
)
def test_logs_are_told_from_code(tmp_path: Path, name: str) -> None:
    """Event files, graph files, folders of them, and what is named in a folder are logs."""
    files = ["logs/mlp/events.out.tfevents.1", "graph.pb", "graph.pbtxt", "events.out.tfevents.1.host", "code/model.py"]
    write(tmp_path, dict.fromkeys(files, ""))
    assert parse_target(name, tmp_path).is_log


@pytest.mark.parametrize("name", ["code", "code/model.py", "empty"])
def test_folder_with_code_is_no_log(tmp_path: Path, name: str) -> None:
    """A project may keep its logs beside its code: its folder is one of models."""
    files = ["code/runs/mlp/events.out.tfevents.1", "code/model.py", "empty/notes.txt"]
    write(tmp_path, dict.fromkeys(files, ""))
    assert not parse_target(name, tmp_path).is_log


def test_other_files_are_refused(tmp_path: Path) -> None:
    """A file that is no Python file is told so."""
    (tmp_path / "net.onnx").touch()
    assert _refusal("net.onnx", tmp_path)[0] == "is not a Python file"
