"""From targets to the project that they lie in."""

import ntpath
from collections.abc import Sequence
from pathlib import Path

import pytest

from visunn_lint.cli._models import common_place


def test_targets_on_two_drives_have_the_working_folder_in_common(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No folder of Windows holds both: settings are those of the project that one is in."""

    def on_two_drives(paths: Sequence[Path]) -> str:
        return ntpath.commonpath([f"{drive}:{path}" for drive, path in zip("CD", paths, strict=True)])

    monkeypatch.chdir(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr("os.path.commonpath", on_two_drives)
        assert common_place(["/", "/"]) == tmp_path
