"""What writing a file whole leaves behind, when it goes well and when it does not."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from visunn_lint.files import UNFINISHED, write_whole


def _names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


@pytest.mark.parametrize("older", [0o600, 0o640, 0o444])
def test_a_file_keeps_its_permissions(tmp_path: Path, older: int) -> None:
    """The new bytes are read by those who could read the old ones."""
    file = tmp_path / "file"
    file.write_bytes(b"old")
    file.chmod(older)
    write_whole(file, b"new")
    assert (file.read_bytes(), stat.S_IMODE(file.stat().st_mode), _names(tmp_path)) == (b"new", older, ["file"])


def test_a_new_file_has_what_the_umask_allows(tmp_path: Path) -> None:
    """Of what its writer asks for."""
    before = os.umask(0o027)
    try:
        write_whole(tmp_path / "any", b"")
        write_whole(tmp_path / "some", b"", mode=0o604)
    finally:
        os.umask(before)
    assert [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("any", "some")] == [0o640, 0o600]


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """The file takes the place of the link, with the permissions of a new one."""
    (tmp_path / "precious").write_bytes(b"mine")
    (tmp_path / "precious").chmod(0o600)
    (tmp_path / "link").symlink_to("precious")
    write_whole(tmp_path / "link", b"new", mode=0o644)
    assert (tmp_path / "precious").read_bytes() == b"mine"
    assert not (tmp_path / "link").is_symlink()
    assert stat.S_IMODE((tmp_path / "link").stat().st_mode) == 0o644


@pytest.mark.parametrize("stop", [OSError, KeyboardInterrupt])
def test_what_stops_it_leaves_the_old_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: type[BaseException]
) -> None:
    """And nothing beside it."""
    (tmp_path / "file").write_bytes(b"old")
    beside: list[str] = []

    def stopped(path: Path, _: Path) -> None:
        beside.append(path.name)
        raise stop

    monkeypatch.setattr(Path, "replace", stopped)
    with pytest.raises(stop):
        write_whole(tmp_path / "file", b"new")
    assert ((tmp_path / "file").read_bytes(), _names(tmp_path)) == (b"old", ["file"])
    assert [bool(UNFINISHED.fullmatch(name)) for name in beside] == [True]
