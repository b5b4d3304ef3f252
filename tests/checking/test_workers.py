"""Worker processes: what they return, and what is said of those that die."""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import subprocess
import sys
import time
from multiprocessing import get_context
from multiprocessing.context import SpawnProcess
from operator import add, truediv
from typing import TYPE_CHECKING

import pytest

from visunn_lint.checking import workers
from visunn_lint.checking.workers import WorkerError, Workers

if TYPE_CHECKING:
    from pathlib import Path

ANYTHING = "json"
"""A module that costs little to import, in place of torch."""

PROGRAM = """
import os, signal, time
from visunn_lint.checking.workers import Workers

def start_a_process_and_wait():
    if os.fork():
        print("both run", flush=True)
    time.sleep(60)

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with Workers(1, prepare="json") as pool:
        pool.submit(start_a_process_and_wait).result()
"""


def _add_in_a_pool(one: int, other: int) -> int:
    with get_context("spawn").Pool(1) as pool:
        result: int = pool.apply(add, (one, other))
    return result


def _die_before_a_child() -> None:
    if os.fork():
        os._exit(3)
    time.sleep(60)


def test_results_come_back() -> None:
    """Each call has its own future, and a process does several."""
    with Workers(2, prepare=ANYTHING) as pool:
        futures = [pool.submit(add, number, 1) for number in range(5)]
        pids = {pool.submit(os.getpid).result() for _ in range(4)}
        assert [future.result() for future in futures] == [1, 2, 3, 4, 5]
    assert os.getpid() not in pids
    assert len(pids) <= 2


@pytest.mark.parametrize(
    ("fatal", "message"),
    [
        ((signal.raise_signal, signal.SIGKILL), "its process was killed (SIGKILL)"),
        ((ctypes.string_at, 0), "its process was ended by SIGSEGV"),
        ((os._exit, 3), "its process was ended with exit code 3"),
    ],
)
def test_a_process_that_dies_fails_its_own_job(fatal: tuple[object, ...], message: str) -> None:
    """The jobs before and behind are done, those behind by another process."""
    with Workers(1, prepare=ANYTHING) as pool:
        futures = [pool.submit(add, 1, 1), pool.submit(*fatal), pool.submit(add, 2, 2)]  # type: ignore[arg-type]  # a function and its arguments
        assert (futures[0].result(), futures[2].result()) == (2, 4)
        with pytest.raises(WorkerError) as caught:
            futures[1].result()
    assert caught.value.message == message


def test_a_job_may_start_processes() -> None:
    """A ``DataLoader`` does."""
    with Workers(1, prepare=ANYTHING) as pool:
        assert pool.submit(_add_in_a_pool, 1, 2).result() == 3


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked there")
def test_a_process_that_dies_is_told_of_though_one_that_it_forked_lives() -> None:
    """The child has a copy of all that is open, but not of the connection."""
    with Workers(1, prepare=ANYTHING) as pool:
        with pytest.raises(WorkerError, match=r"^its process was ended with exit code 3$"):
            pool.submit(_die_before_a_child).result(timeout=20)
        assert pool.submit(add, 1, 1).result() == 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked there")
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_nothing_outlives_the_process_that_has_the_workers(tmp_path: Path, end: signal.Signals) -> None:
    """Killed or interrupted, it leaves neither a worker nor what a job has started: each would hold the pipe open."""
    script = tmp_path / "program.py"
    script.write_text(PROGRAM, encoding="utf-8")
    command = [sys.executable, str(script)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:  # noqa: S603 -- our own program
        assert process.stdout is not None
        assert process.stdout.readline() == "both run\n"
        process.send_signal(end)
        assert process.communicate(timeout=20)[0] == ""


def test_the_working_folder_hides_nothing_of_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model's file may be named like a module that a process imports before its first job."""
    for name in ("types", "enum", "selectors"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(name)", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONSAFEPATH", raising=False)
    with Workers(1, prepare=ANYTHING) as pool:
        assert pool.submit(os.getenv, "PYTHONSAFEPATH", "unset").result() == "unset"
    assert "PYTHONSAFEPATH" not in os.environ


def test_a_process_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also in C code, which no alarm reaches."""
    monkeypatch.setattr(workers, "GRACE", 0.2)
    with Workers(1, 0.3, prepare=ANYTHING) as pool:
        hanging = pool.submit(time.sleep, 60)
        with pytest.raises(WorkerError) as caught:
            hanging.result()
    assert (caught.value.message, caught.value.hint) == ("timed out after 0.3 s", "give --timeout more seconds")


def test_a_job_that_raises_is_told() -> None:
    """That is a bug of ours: what a model raises is an outcome. Its last line says what it was; the process goes on."""
    with Workers(1, prepare=ANYTHING) as pool:
        failing, next_one = pool.submit(truediv, 1, 0), pool.submit(add, 1, 1)
        with pytest.raises(WorkerError, match=r"^visunn failed on it: ZeroDivisionError: division by zero$"):
            failing.result()
        assert next_one.result() == 2


def test_leaving_ends_every_process_at_once() -> None:
    """Nothing is waited for: neither what runs, nor what nobody has begun."""
    with Workers(1, prepare=ANYTHING) as pool:
        pid = pool.submit(os.getpid).result()
        running, waiting = pool.submit(time.sleep, 600), pool.submit(add, 1, 1)
        while not running.running():
            time.sleep(0.01)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert isinstance(running.exception(), WorkerError)
    assert waiting.cancelled()


def test_a_process_that_cannot_be_started_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system may have no room for another one."""

    def refuse(_: object) -> None:
        raise OSError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(SpawnProcess, "start", refuse)
    with Workers(1) as pool, pytest.raises(WorkerError, match="no process could be started for it: Resource") as caught:
        pool.submit(add, 1, 2).result()
    assert caught.value.hint == "try fewer jobs"
