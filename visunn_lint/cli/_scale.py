"""The options for many models: what is remembered, by how many processes they are checked, and which of them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from visunn_lint.cli._options import grouped
from visunn_lint.text import whole_number

if TYPE_CHECKING:
    from visunn_lint.checking import Shard


@dataclass(frozen=True, slots=True)
class CacheOptions:
    """What the command line says of the cache; None is "not said"."""

    no_cache: bool
    cache_dir: str | None

    def as_table(self) -> dict[str, object]:
        """Return what was said, by the keys of the configuration."""
        said: dict[str, object] = {"cache": False} if self.no_cache else {}
        return said if self.cache_dir is None else {**said, "cache-dir": self.cache_dir}


@dataclass(frozen=True, slots=True)
class ScaleOptions:
    """Who checks the models, which of them, and how many may fail."""

    jobs: int
    executor: str
    shard: Shard
    maxfail: int | None


def _read_jobs(_: click.Context, __: click.Parameter, value: str) -> int:
    """Return a number of processes; ``auto`` is one for each processor that this process may use."""
    if value == "auto":
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    number = whole_number(value)
    if number:
        return number
    msg = f"{value!r} is neither a number of processes nor auto"
    raise click.BadParameter(msg)


def _read_shard(_: click.Context, __: click.Parameter, value: str) -> Shard:
    """Return the part that ``i/n`` stands for."""
    from visunn_lint.checking import Shard  # noqa: PLC0415 -- --help does without

    index, number = value.partition("/")[::2]
    shard = Shard(whole_number(index) or 0, whole_number(number) or 0)
    if not 1 <= shard.index <= shard.number:
        msg = f"{value!r} is no part of a whole; write 1/4 for the first of four"
        raise click.BadParameter(msg)
    return shard


cache_options = grouped(
    "remembered",
    CacheOptions,
    click.option("--no-cache", is_flag=True, help="Check everything anew, and remember nothing."),
    click.option("--cache-dir", metavar="FOLDER", help="Where to remember results; .visunn_cache by default."),
)

scale_options = grouped(
    "scale",
    ScaleOptions,
    click.option(
        "-j",
        "--jobs",
        callback=_read_jobs,
        default="1",
        envvar="VISUNN_JOBS",
        metavar="N|auto",
        help=(
            "Check that many files at once, each in a process that may die without harm to the others. With 1, the"
            " default, all are checked in one, and a model that kills it (os.abort, a crash in C++) ends the check."
        ),
    ),
    click.option(
        "--executor",
        default="",
        envvar="VISUNN_EXECUTOR",
        metavar="dask=ADDRESS",
        help="Check on a cluster (--timeout is not kept).",
    ),
    click.option(
        "--shard",
        default="1/1",
        callback=_read_shard,
        envvar="VISUNN_SHARD",
        metavar="I/N",
        help="Check the I-th of N parts.",
    ),
    click.option(
        "--maxfail",
        type=click.IntRange(min=1),
        envvar="VISUNN_MAXFAIL",
        metavar="N",
        help="Stop once N files have failed.",
    ),
)
