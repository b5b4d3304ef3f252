"""Processes that do one task after the other, within bounds; one that dies costs one row."""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from queue import SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING

from benchmarks.zoo.record import Row, Task

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

_MOST_TASKS = 60
"""After so many tasks a process is replaced: libraries keep some of what was built."""

_DYING = 60.0
"""Seconds that a process has to end in once it has let go of its connection: its exit code tells why it did."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one task: seconds, and gigabytes of memory."""

    seconds: float = 120.0
    memory: float = 8.0


def run_all(tasks: Sequence[Task], limits: Limits, jobs: int) -> Iterator[tuple[Row, ...]]:
    """Yield the rows of each task as it is done, ``jobs`` of them at a time."""
    free: SimpleQueue[Worker] = SimpleQueue()

    def do(task: Task) -> tuple[Row, ...]:
        worker = free.get()
        try:
            return worker.run(task)
        finally:
            free.put(worker)

    with ExitStack() as stack:
        for _ in range(jobs):
            free.put(stack.enter_context(closing(Worker(limits))))
        pool = stack.enter_context(ThreadPoolExecutor(jobs))
        stack.callback(pool.shutdown, cancel_futures=True)
        for future in as_completed([pool.submit(do, task) for task in tasks]):
            yield future.result()


class Worker:
    """A process of its own for tasks, started when the first one comes and whenever it has ended."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process: SpawnProcess | None = None
        self._connection: Connection[Task, Row | None] | None = None
        self._done = 0

    def run(self, task: Task) -> tuple[Row, ...]:
        """Return the rows of a task, or what is known of it when the process ends over it."""
        if self._done == _MOST_TASKS:
            self.close()
        begin = monotonic()
        connection = self._connection or self._start()
        rows: dict[str, Row] = {}
        try:
            connection.send(task)
            self._done += 1
            while connection.poll(max(0.0, begin + self._limits.seconds - monotonic())):
                row = connection.recv()
                if row is None:
                    return tuple(rows.values())
                rows[row.model] = row
        except (EOFError, ConnectionError):  # reset, if it has ended with a task still unread
            return cut_short(task, rows.values(), f"died: {self.close(_DYING)}", monotonic() - begin)
        self.close()
        return cut_short(task, rows.values(), f"time: more than {self._limits.seconds:g} s", monotonic() - begin)

    def close(self, patience: float = 1.0) -> str:
        """End the process, if there is one and it does not end by itself, and return how it has ended."""
        process, connection = self._process, self._connection
        self._process, self._connection, self._done = None, None, 0
        if process is None or connection is None:
            return ""
        connection.close()
        process.join(patience)
        process.kill()
        process.join()
        return _ending(process.exitcode or 0)

    def _start(self) -> Connection[Task, Row | None]:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, self._limits.memory), daemon=True)
        self._process.start()
        theirs.close()
        self._connection = ours
        return ours


def cut_short(task: Task, rows: Iterable[Row], why: str, seconds: float) -> tuple[Row, ...]:
    """Return the rows of a task that was ended: those that were captured stay so, if not replayed."""
    known = tuple(rows)
    if not known:
        return (Row(task, "failed", reason=why, seconds=seconds),)
    is_cut = task.replay and known[-1].outcome == "captured" and not known[-1].replay
    return (*known[:-1], replace(known[-1], replay="not run", replay_reason=why)) if is_cut else known


def _ending(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def _serve(connection: Connection[Row | None, Task], gigabytes: float) -> None:
    """Do the tasks that come until none comes any more."""
    _keep_quiet()
    import torch  # noqa: PLC0415 -- here and not in the process that waits

    from benchmarks.zoo.measuring import rows_of  # noqa: PLC0415 -- likewise

    torch.set_num_threads(1)
    size = int(gigabytes * (1 << 30))
    resource.setrlimit(resource.RLIMIT_DATA, (size, size))
    while True:
        try:
            task = connection.recv()
        except EOFError:
            return
        for row in rows_of(task):
            connection.send(row)
        connection.send(None)


def _keep_quiet() -> None:
    """Send what models and libraries print nowhere."""
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 -- a device, not a path of the user's
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
