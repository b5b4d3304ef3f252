"""The folder of entries: whole or not at all, bounded, and never an error."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from visunn_lint.cache import CacheFolder
from visunn_lint.cache.folder import Stored

KEY = "0123456789abcdef" * 2
OTHER = "f" * 32


def _folder(tmp_path: Path, **options: int) -> CacheFolder:
    return CacheFolder(tmp_path / ".visunn_cache", **options)


def _age(folder: CacheFolder, key: str, seconds: float) -> None:
    found = (folder.path / key).stat()
    os.utime(folder.path / key, (found.st_atime - seconds, found.st_mtime - seconds))


def test_an_entry_is_read_as_it_was_written(tmp_path: Path) -> None:
    """What was not written is None."""
    folder = _folder(tmp_path)
    assert (folder.read(KEY), folder.stored()) == (None, Stored(0, 0))
    assert folder.write(KEY, b"content")
    assert (folder.read(KEY), folder.read(OTHER), folder.stored().entries) == (b"content", None, 1)


def test_git_and_backups_leave_it_out(tmp_path: Path) -> None:
    """The folder ignores itself, and bears the tag of a cache."""
    folder = _folder(tmp_path)
    folder.write(KEY, b"content")
    assert (folder.path / ".gitignore").read_text().splitlines()[-1] == "*"
    assert (folder.path / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55\n")


def test_damage_at_any_byte_is_noticed(tmp_path: Path) -> None:
    """An entry with one wrong byte, or cut off anywhere, is none; a new one takes its place."""
    folder = _folder(tmp_path)
    folder.write(KEY, bytes(range(40)))
    whole = (folder.path / KEY).read_bytes()
    damaged = [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in range(len(whole))]
    for data in (*damaged, *(whole[:length] for length in range(len(whole))), whole + b"\0"):
        (folder.path / KEY).write_bytes(data)
        assert folder.read(KEY) is None
    assert folder.write(KEY, b"new")
    assert folder.read(KEY) == b"new"


@pytest.mark.parametrize("moment", ["half written", "not renamed"])
@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="the system has no limit on the size of files")
def test_a_process_killed_while_it_writes_leaves_no_entry(tmp_path: Path, moment: str) -> None:
    """What it left is not read, is dropped when it is old, and the next entry is written as ever."""
    program = f"""
import os, resource, signal
from pathlib import Path
from visunn_lint.cache import CacheFolder

if {moment == "half written"}:
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
else:
    Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
CacheFolder(Path({str(tmp_path / ".visunn_cache")!r})).write({KEY!r}, b"x" * 10_000)
"""
    killed = subprocess.run([sys.executable, "-c", program], check=False)  # noqa: S603 -- our own program
    assert killed.returncode == -(signal.SIGXFSZ if moment == "half written" else signal.SIGKILL)
    folder = _folder(tmp_path)
    (left,) = folder.path.glob("*.tmp")
    assert left.stat().st_size == (5000 if moment == "half written" else 10_024)
    assert (folder.read(KEY), folder.stored()) == (None, Stored(0, 0))
    _age(folder, left.name, 4000)
    assert folder.write(KEY, b"new")
    assert (folder.read(KEY), list(folder.path.glob("*.tmp"))) == (b"new", [])


def test_the_least_recently_used_make_room(tmp_path: Path) -> None:
    """An entry that was read counts as used; what is left takes less than the room."""
    folder = _folder(tmp_path, room=5000)
    keys = [f"{number:032x}" for number in range(6)]
    for number, key in enumerate(keys[:4]):
        folder.write(key, b"x" * 1000)
        _age(folder, key, 1000 - number)
    folder.read(keys[0])
    folder.write(keys[4], b"x" * 1000)
    assert [key for key in keys if folder.read(key)] == [keys[0], keys[3], keys[4]]


def test_the_room_is_exceeded_by_little(tmp_path: Path) -> None:
    """A process may write a sixteenth of it, and the entry that goes beyond that, before old ones go."""
    folder = _folder(tmp_path, room=32_000)
    taken = []
    for number in range(100):
        folder.write(f"{number:032x}", b"x" * 500)
        taken.append(folder.stored().size)
    assert max(taken) <= 34_000 + 524


def test_entries_are_not_looked_through_at_each_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That would take the longer the more there are: once is enough while little is written."""
    scanned = []

    def scandir(path: Path) -> Iterator[os.DirEntry[str]]:
        scanned.append(path)
        return original(path)

    original = os.scandir
    monkeypatch.setattr(os, "scandir", scandir)
    folder = _folder(tmp_path)
    for number in range(20):
        folder.write(f"{number:032x}", b"content")
    assert scanned == [folder.path]


def test_an_entry_that_is_too_large_is_not_written(tmp_path: Path) -> None:
    """One entry may not push out all others."""
    folder = _folder(tmp_path, room=4000)
    assert not folder.write(KEY, b"x" * 1001)
    assert not folder.path.exists()


def test_links_are_not_followed(tmp_path: Path) -> None:
    """Neither a link in the place of an entry nor one in the place of the folder leads anywhere."""
    elsewhere = _folder(tmp_path / "elsewhere")
    elsewhere.write(KEY, b"content")
    folder = _folder(tmp_path)
    folder.write(OTHER, b"other")
    (folder.path / KEY).symlink_to(elsewhere.path / KEY)
    assert folder.read(KEY) is None
    linked = CacheFolder(tmp_path / "linked")
    linked.path.symlink_to(elsewhere.path)
    assert (linked.read(KEY), linked.write(OTHER, b"x"), linked.clear()) == (None, False, Stored(0, 0))
    assert elsewhere.read(KEY) == b"content"


def test_clearing_deletes_what_is_its_own(tmp_path: Path) -> None:
    """A file of somebody else stays, and the folder with it."""
    folder = _folder(tmp_path)
    folder.write(KEY, b"content")
    (folder.path / "mine.txt").touch()
    assert folder.clear().entries == 1
    assert [path.name for path in folder.path.iterdir()] == ["mine.txt"]
    (folder.path / "mine.txt").unlink()
    assert folder.clear() == Stored(0, 0)
    assert not folder.path.exists()


def test_clearing_leaves_what_somebody_else_wrote(tmp_path: Path) -> None:
    """A folder that was there before keeps its own files, though they are named like those that visunn writes."""
    folder = _folder(tmp_path)
    folder.path.mkdir()
    for name in (".gitignore", "CACHEDIR.TAG"):
        (folder.path / name).write_text("mine")
    folder.write(KEY, b"content")
    assert folder.clear().entries == 1
    assert {path.name: path.read_text() for path in folder.path.iterdir()} == {
        ".gitignore": "mine",
        "CACHEDIR.TAG": "mine",
    }


def test_a_folder_that_cannot_be_made_is_no_error(tmp_path: Path) -> None:
    """Nothing is remembered there."""
    (tmp_path / "file").touch()
    folder = CacheFolder(tmp_path / "file" / "cache")
    assert (folder.write(KEY, b"content"), folder.read(KEY), folder.stored()) == (False, None, Stored(0, 0))


def test_what_cannot_be_deleted_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be another user's; the next entry is written as ever, and a cleared folder still holds it."""
    folder = _folder(tmp_path)
    folder.write(KEY, b"content")
    left = folder.path / ".visunn-0123456789abcdef.tmp"
    left.touch()
    _age(folder, left.name, 4000)

    def unlink(path: Path, *, missing_ok: bool = False) -> None:
        raise PermissionError(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", unlink)
    assert folder.write(OTHER, b"other")
    assert (folder.clear().entries, folder.stored().entries, left.exists()) == (2, 2, True)


def test_many_may_write_and_read_one_entry(tmp_path: Path) -> None:
    """A reader sees what some writer wrote, all of it."""
    folder = _folder(tmp_path)
    contents = [bytes([number]) * 50_000 for number in range(8)]

    def write_and_read(content: bytes) -> bool:
        folder.write(KEY, content)
        return folder.read(KEY) in contents

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(write_and_read, contents * 10))
    assert list(folder.path.glob("*.tmp")) == []
