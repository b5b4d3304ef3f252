"""Processes that do one job after the other; one that dies fails the job that it had, and the others go on."""

from __future__ import annotations

import os
import signal
import threading
import traceback
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar

from visunn_lint.errors import VisunnError
from visunn_lint.pipeline.collecting import import_for_good

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

_P = ParamSpec("_P")
_T = TypeVar("_T")

_MOST_JOBS: Final = 60
"""After so many jobs a process is replaced: libraries keep some of what was built."""

GRACE: Final = 5.0
"""Seconds beyond the time limit, for a process to give up by itself and to say where it was."""

_READY: Final = "ready"


class WorkerError(VisunnError):
    """A job was not done: its process died, or hung."""


@dataclass(frozen=True, slots=True)
class _Failure:
    """What a job raised, as text: an exception may not survive the way to another process."""

    text: str


class Workers(Executor):
    """An executor over processes of their own, each started when a job first needs it.

    ``seconds`` bounds each job, None is for ever; ``prepare`` is the module that a process imports
    before its first one. A job whose process dies raises WorkerError. Leaving the context, or
    ``shutdown``, ends all processes at once, with those that jobs have started and left behind;
    they end as well when this process is killed.
    """

    def __init__(self, number: int, seconds: float | None = None, prepare: str = "visunn_lint.loading.targets") -> None:
        self._threads = ThreadPoolExecutor(number, initializer=_leave_interrupts_to_the_parent)
        self._workers = [_Worker(seconds, prepare) for _ in range(number)]
        self._free: SimpleQueue[_Worker] = SimpleQueue()
        for worker in self._workers:
            self._free.put(worker)

    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        """Return the future of a call in one of the processes; function, arguments and result are pickled."""
        return self._threads.submit(self._run, fn, args, kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 -- the executor's signature; nothing is waited for
        """End all processes; jobs that are not done are not done any more."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for worker in self._workers:
            worker.end()
        self._threads.shutdown()
        for worker in self._workers:
            worker.stop()

    def _run(self, fn: Callable[..., _T], args: tuple[object, ...], kwargs: dict[str, object]) -> _T:
        worker = self._free.get()
        try:
            result: _T = worker.run(fn, args, kwargs)
        finally:
            self._free.put(worker)
        return result


class _Worker:
    """One process at a time, replaced when it has ended."""

    def __init__(self, seconds: float | None, prepare: str) -> None:
        self._seconds = seconds
        self._prepare = prepare
        self._process: SpawnProcess | None = None
        self._connection: Connection[Any, Any] | None = None
        self._done = 0
        self._is_over = False
        self._lock = threading.Lock()

    def run(self, fn: Callable[..., Any], args: tuple[object, ...], kwargs: dict[str, object]) -> Any:  # noqa: ANN401 -- whatever the function returns
        """Return what a function returns in the process; raises WorkerError if that dies or hangs."""
        if self._done == _MOST_JOBS:
            self.stop()
        try:
            connection = self._connection or self._start()
            connection.send((fn, args, kwargs))
            if not connection.poll(None if self._seconds is None else self._seconds + GRACE):
                self.stop()
                message = f"timed out after {self._seconds:g} s"
                raise WorkerError(message, hint="give --timeout more seconds")
            result = connection.recv()
        except (EOFError, OSError):
            raise _died(self.stop()) from None
        self._done += 1
        if isinstance(result, _Failure):
            message = f"visunn failed on it: {result.text.strip().splitlines()[-1]}"
            raise WorkerError(message, hint="please report it, with -v")
        return result

    def end(self) -> None:
        """End the process, and start no other."""
        with self._lock:
            self._is_over = True
            if self._process is not None:
                _kill(self._process)

    def _start(self) -> Connection[Any, Any]:
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        with self._lock:
            if self._is_over:
                raise EOFError
            with _without_working_folder() as safe_path:
                process = context.Process(target=_serve, args=(theirs, self._prepare, safe_path))
                _begin(process)
                self._process = process
        theirs.close()
        self._connection, self._done = ours, 0
        if ours.recv() != _READY:
            raise EOFError
        return ours

    def stop(self) -> int:
        """End the process and return its exit code."""
        process, connection = self._process, self._connection
        self._process, self._connection = None, None
        if connection is not None:
            connection.close()
        if process is None:
            return 0
        wait([process.sentinel], 1.0)
        _kill(process)
        process.join()
        return process.exitcode or 0


def _begin(process: SpawnProcess) -> None:
    """Start a process; raises WorkerError where the system starts no more."""
    try:
        process.start()
    except OSError as error:
        message = f"no process could be started for it: {error.strerror or error}"
        raise WorkerError(message, hint="try fewer jobs") from None


def _kill(process: SpawnProcess) -> None:
    """Kill a process, and what is left of the group that it leads."""
    process.kill()
    if hasattr(os, "killpg") and process.pid is not None:
        with suppress(ProcessLookupError, PermissionError):  # it leads none yet, or macOS has only its remains
            os.killpg(process.pid, signal.SIGKILL)


def _died(code: int) -> WorkerError:
    if code == -signal.SIGKILL:
        hint = "there may not have been enough memory: try fewer jobs"
        return WorkerError("its process was killed (SIGKILL)", hint=hint)
    how = f"by {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"
    hint = "run it alone under `python -X faulthandler` to see where"
    return WorkerError(f"its process was ended {how}", hint=hint)


def _leave_interrupts_to_the_parent() -> None:
    """Let the processes that this thread starts inherit that Ctrl-C is not for them: the parent ends them."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


_SAFE_PATH: Final = "PYTHONSAFEPATH"
_starting = threading.Lock()


@contextmanager
def _without_working_folder() -> Iterator[str | None]:
    """Keep the working folder off the path of a process that starts, until it is told this one's.

    What it imports before is Python's own: a file of the user's may be called ``types.py``. Gives what the environment
    said of it, for the process to put back.
    """
    with _starting:
        before = os.environ.get(_SAFE_PATH)
        os.environ[_SAFE_PATH] = "1"
        try:
            yield before
        finally:
            _set_safe_path(before)


def _set_safe_path(value: str | None) -> None:
    if value is None:
        os.environ.pop(_SAFE_PATH, None)
    else:
        os.environ[_SAFE_PATH] = value


def _serve(connection: Connection[Any, Any], prepare: str, safe_path: str | None) -> None:
    """Do the jobs that come until none comes any more; ``safe_path`` is what the environment is to say of it.

    A job may start processes, as ``DataLoader`` does, so that this one cannot be a daemon. They are of its group, and
    are ended with it; those that are forked do not hold its connection open once it has died.
    """
    _set_safe_path(safe_path)
    if hasattr(os, "setpgid"):
        os.setpgid(0, 0)
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # it may write to the terminal from the background
        os.register_at_fork(after_in_child=connection.close)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    import_for_good(prepare)
    connection.send(_READY)
    while True:
        try:
            fn, args, kwargs = connection.recv()
        except EOFError:
            return
        connection.send(_done(fn, args, kwargs))


def _done(fn: Callable[..., object], args: tuple[object, ...], kwargs: dict[str, object]) -> object:
    try:
        return fn(*args, **kwargs)
    except BaseException:  # noqa: BLE001 -- it is told where it can be read
        return _Failure(traceback.format_exc())


def _end_with_parent() -> None:
    """End this process and its group when its parent has gone, even if a model hangs."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        if hasattr(os, "killpg"):
            os.killpg(os.getpid(), signal.SIGKILL)
        os._exit(1)
