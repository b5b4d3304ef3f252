"""The project's commands as processes, for tests that open what they serve."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Command:
    """A server that a command line runs, and the address that it has printed."""

    process: subprocess.Popen[str]
    url: str

    @property
    def origin(self) -> str:
        """The scheme, host and port."""
        return self.url.partition("/?")[0]

    def interrupt(self) -> tuple[int, str]:
        """Do what Ctrl-C does; return the exit code and what was told on stderr until the end."""
        self.process.send_signal(signal.SIGINT)
        _, told = self.process.communicate(timeout=30)
        return self.process.returncode, told


@contextmanager
def served(main: str, *arguments: str, folder: Path) -> Iterator[Command]:
    """Run a command in a folder while the block runs; ``main`` is its function, as ``module:function``."""
    module, _, function = main.partition(":")
    handler = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    process = subprocess.Popen(  # noqa: S603 -- our own program
        [sys.executable, "-c", f"{handler}; from {module} import {function}; {function}()", *arguments],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert url, process.communicate()[1]
        yield Command(process, url)
    finally:
        process.kill()
        process.communicate()


def environment() -> dict[str, str]:
    """Return the variables of this process, and where it has its packages from."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
