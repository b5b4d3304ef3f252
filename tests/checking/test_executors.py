"""Where jobs are done makes no difference to what comes of them: here, in processes, on a cluster."""

from __future__ import annotations

import importlib.util
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.projects import NET, write
from visunn_lint.checking import Course, check_project, executors, open_executor
from visunn_lint.config import Settings
from visunn_lint.errors import ConfigError
from visunn_lint.loading import Options
from visunn_lint.render import View, json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Executor

KILLED = f"{NET}\n    import os, signal\n    os.kill(os.getpid(), signal.SIGKILL)"


def _zoo(folder: Path, monkeypatch: pytest.MonkeyPatch, **files: str) -> None:
    monkeypatch.chdir(write(folder, {"visunn.toml": "", **{f"zoo/{name}.py": text for name, text in files.items()}}))


def _report(executor: Executor | None, *, cache: bool = False) -> tuple[str, list[str]]:
    """Return the report of a check of the zoo as JSON, and a few words on each file."""
    told: list[str] = []
    settings = Settings(root=Path.cwd(), cache=cache)
    options = Options((), ("eval", "train"), "auto", {}, Path.cwd(), None, (), False)  # noqa: FBT003 -- no network
    course = Course(executor=executor, tell=lambda _done, _number, words: told.append(words.partition(" (")[0]))
    return json.render(check_project(["zoo"], settings, options, course).report, View()), told


def test_processes_find_what_one_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bytes of the report are the same with one process, with two, and from memory; a process that dies is told."""
    _zoo(tmp_path, monkeypatch, one=NET, two=NET, three=NET)
    here, _ = _report(None)
    with open_executor("", 2, None) as workers:
        assert workers is not None
        there, told = _report(workers, cache=True)
        assert told == ["zoo/one.py: checked", "zoo/three.py: checked", "zoo/two.py: checked"]
        remembered, told = _report(None, cache=True)
        assert [words.partition(": ")[2] for words in told] == ["nothing has changed since it was checked"] * 3
        assert here == there == remembered
        _zoo(tmp_path, monkeypatch, killed=KILLED)
        report = _broken(workers)
    assert report == {"zoo/killed.py": "its process was killed (SIGKILL)"}


def _broken(executor: Executor) -> dict[str, str]:
    settings = Settings(root=Path.cwd())
    options = Options((), ("eval", "train"), "auto", {}, Path.cwd(), None, (), False)  # noqa: FBT003 -- no network
    report = check_project(["zoo"], settings, options, Course(executor=executor)).report
    assert list(report.topologies) == ["zoo/one.py::Net", "zoo/three.py::Net", "zoo/two.py::Net"]
    return {broken.target: broken.message for broken in report.broken}


@contextmanager
def _cluster(number: int) -> Iterator[Any]:
    from distributed import LocalCluster  # noqa: PLC0415 -- a second, for one test

    options = {"threads_per_worker": 1, "dashboard_address": None, "worker_dashboard_address": None}
    with LocalCluster(n_workers=number, processes=True, memory_limit=None, **options) as cluster:  # type: ignore[no-untyped-call]  # dask types a part of itself
        yield cluster


@pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="dask.distributed is an extra")
@pytest.mark.filterwarnings("default")
def test_a_cluster_finds_what_one_process_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes of a cluster, which were started elsewhere, name files as they are named here."""
    with _cluster(2) as cluster:
        _zoo(tmp_path, monkeypatch, one=NET, two=NET)
        with open_executor(f"dask={cluster.scheduler_address}", 1, None) as executor:
            there, told = _report(executor)
    assert told == ["zoo/one.py: checked", "zoo/two.py: checked"]
    assert there == _report(None)[0]


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("ray", "no executor 'ray'"),
        ("dask", "no executor 'dask'"),
        ("dask=tcp://127.0.0.1:1", "no cluster answers at tcp://127.0.0.1:1: "),
    ],
)
def test_an_executor_that_there_is_not(where: str, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told before any model runs."""
    pytest.importorskip("distributed")
    monkeypatch.setattr(executors, "PATIENCE", "0.2s")
    with pytest.raises(ConfigError) as caught, open_executor(where, 1, None):
        pass
    assert caught.value.message.startswith(message)
