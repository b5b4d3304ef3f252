"""The process around the user's code: what it prints, and what it changes, is put right afterwards."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, redirect_stdout, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from visunn_lint.pipeline.building.device_moves import CPU, as_device
from visunn_lint.pipeline.building.devices import is_available
from visunn_lint.pipeline.engines.native.surroundings import same_surroundings

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def isolated(program: str) -> Iterator[None]:
    """Run the user's code as if it had been started as ``program`` without arguments.

    What it prints goes to stderr. Working directory, environment, ``sys.argv``, the random
    generators and torch's global settings are afterwards as they were.
    """
    with stdout_to_stderr(), _same_process(program), same_surroundings(), _same_default_device():
        yield


@contextmanager
def stdout_to_stderr() -> Iterator[None]:
    """Send what is written to stdout to stderr, also what C code and child processes write."""
    sys.stdout.flush()
    with suppress(OSError):
        sys.stderr.flush()
    kept = _duplicate(1)
    if kept is not None:
        os.dup2(2, 1)
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        if kept is not None:
            os.dup2(kept, 1)
            os.close(kept)


def _duplicate(descriptor: int) -> int | None:
    """Return a copy of a file descriptor, None if it or stderr is closed."""
    try:
        os.fstat(2)
        return os.dup(descriptor)
    except OSError:
        return None


@contextmanager
def _same_process(program: str) -> Iterator[None]:
    arguments, folder, environment = sys.argv, Path.cwd(), dict(os.environ)
    sys.argv = [program]
    try:
        yield
    finally:
        sys.argv = arguments
        with suppress(OSError):
            os.chdir(folder)
        for name in os.environ.keys() - environment.keys():
            del os.environ[name]
        os.environ.update({name: value for name, value in environment.items() if os.environ.get(name) != value})


@contextmanager
def _same_default_device() -> Iterator[None]:
    """Restore torch's default device on leaving, and let nobody choose one that is not there."""
    before, choose, chosen = torch.get_default_device(), torch.set_default_device, []

    def choose_if_available(device: torch.device | str | int | None) -> None:
        if device is None or is_available(as_device(device)):
            chosen.append(device)
            choose(device)

    torch.set_default_device = choose_if_available
    try:
        yield
    finally:
        torch.set_default_device = choose
        if chosen:
            choose(None if before == CPU else before)
