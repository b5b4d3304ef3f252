"""Where jobs are done: in this process, in some of this machine, or on a cluster."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from visunn_lint.cache import Kept, Outcome
from visunn_lint.checking.jobs import check_unit
from visunn_lint.errors import ConfigError, VisunnError
from visunn_lint.finding import Broken

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from concurrent.futures import Executor, Future

    from visunn_lint.checking.jobs import Job

PATIENCE: Final = "10s"
"""How long a cluster may take to answer."""

_ONE_AT_A_TIME = threading.Lock()
"""A model has its process to itself: working directory, ``sys.path`` and what torch is told belong to all threads."""


@contextmanager
def open_executor(where: str, processes: int, seconds: float | None) -> Iterator[Executor | None]:
    """Yield what does jobs: ``where`` is ``dask=ADDRESS`` or "", and then it is this machine.

    One process is this one, for which the executor is None. ``seconds`` bounds each job in other
    processes of this machine. Raises ConfigError for a cluster that there is not.
    """
    if where:
        with _cluster(where) as cluster:
            yield cluster
    elif processes == 1:
        yield None
    else:
        from visunn_lint.checking.workers import Workers  # noqa: PLC0415 -- one process does without it

        with Workers(processes, seconds) as workers:
            yield workers


def results_of(jobs: Sequence[Job], executor: Executor | None) -> Generator[Kept]:
    """Yield what came of each job, in their order; close it, and those that nobody has begun are not done."""
    if executor is None:
        for job in jobs:
            yield check_in_its_folder(job)
        return
    futures = [executor.submit(check_in_its_folder, job) for job in jobs]
    try:
        for job, future in zip(jobs, futures, strict=True):
            yield _result(job, future)
    finally:
        for future in futures:
            future.cancel()


def check_in_its_folder(job: Job) -> Kept:
    """Return what came of a job, done from its working directory; one at a time in a process."""
    with _ONE_AT_A_TIME, _in_folder(job.folder):
        return check_unit(job)


def _result(job: Job, future: Future[Kept]) -> Kept:
    """Return what came of a job that another process did; that it was not done is an outcome as well."""
    try:
        return future.result()
    except VisunnError as error:
        broken = Broken(job.unit.name, error.message, error.hint)
    except Exception as error:  # noqa: BLE001 -- each executor has exceptions of its own, and the others go on
        broken = Broken(job.unit.name, f"was not checked: {type(error).__name__}: {error}", "see the workers' log")
    return Kept(Outcome(broken=(broken,)), "what is broken is tried again")


@contextmanager
def _in_folder(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@contextmanager
def _cluster(where: str) -> Iterator[Executor]:
    kind, _, address = where.partition("=")
    if kind != "dask" or not address:
        message = f"no executor {where!r}"
        raise ConfigError(message, hint="write --executor dask=ADDRESS, such as dask=tcp://127.0.0.1:8786")
    try:
        distributed = import_module("distributed")
    except ModuleNotFoundError:
        message = "dask.distributed is not installed"
        raise ConfigError(message, hint='pip install "visunn-lint[dask]"') from None
    try:
        client = distributed.Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        message = f"no cluster answers at {address}: {error}"
        raise ConfigError(message, hint="start one with `dask scheduler` and `dask worker ADDRESS`") from None
    with client:
        yield client.get_executor(pure=False)
