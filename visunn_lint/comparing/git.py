"""Questions to git, and a revision laid out as files without touching the user's checkout."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from visunn_lint.errors import TargetError

if TYPE_CHECKING:
    from collections.abc import Iterator


def has_revision(revision: str) -> bool:
    """Return whether a name is one of a commit here; False outside of a repository."""
    return (
        bool(revision)
        and not revision.startswith("-")
        and _succeeds("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    )


def has_file(revision: str, path: str) -> bool:
    """Return whether a revision has a file or a folder at a path, which is seen from the working folder."""
    return _succeeds("cat-file", "-e", f"{revision}:./{path}")


def is_shallow() -> bool:
    """Return whether the repository lacks its older commits."""
    return _output("rev-parse", "--is-shallow-repository") == "true"


def top_folder() -> Path:
    """Return the top of the repository that the working folder lies in; raises TargetError if there is none."""
    return Path(_output("rev-parse", "--show-toplevel"))


@contextmanager
def laid_out(revision: str) -> Iterator[Path]:
    """Lay the files of a revision out in a folder of its own, which is deleted afterwards.

    An index of its own and ``checkout-index`` run no hooks and write nothing into the repository,
    which a worktree would.
    """
    with TemporaryDirectory(prefix="visunn-") as folder:
        files = Path(folder).resolve() / "files"
        files.mkdir()
        environment = {**os.environ, "GIT_INDEX_FILE": str(Path(folder) / "index")}
        _output("read-tree", f"{revision}^{{tree}}", environment=environment)
        _output("checkout-index", "--all", f"--prefix={files}/", environment=environment, folder=top_folder())
        yield files


def _output(*arguments: str, environment: dict[str, str] | None = None, folder: Path | None = None) -> str:
    """Return what git prints; raises TargetError with what it complains of."""
    try:
        done = _run(arguments, environment, folder)
    except OSError as error:
        message = f"git cannot be run: {error.strerror}"
        raise TargetError(message, hint="install git, or compare files") from error
    if done.returncode:
        complaint = os.fsdecode(done.stderr).strip().splitlines()
        message = f"git: {complaint[0] if complaint else 'failed'}"
        raise TargetError(message, hint="compare two files, or run it inside of the repository")
    return os.fsdecode(done.stdout).strip()


def _succeeds(*arguments: str) -> bool:
    try:
        return not _run(arguments).returncode
    except OSError:
        return False


def _run(
    arguments: tuple[str, ...], environment: dict[str, str] | None = None, folder: Path | None = None
) -> subprocess.CompletedProcess[bytes]:
    command = ["git", *arguments]
    return subprocess.run(command, capture_output=True, check=False, env=environment, cwd=folder)  # noqa: S603 -- git as the user has it
