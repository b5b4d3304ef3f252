"""What the rows of one source say together."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.zoo.reasons import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from benchmarks.zoo.record import Row

_SLOWEST = 10
_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Group:
    """Models of which the same is to be said; ``percent`` of those that were tried."""

    reason: str
    count: int
    percent: float
    examples: tuple[str, ...]


def groups(pairs: Iterable[tuple[str, str]], tried: int) -> tuple[Group, ...]:
    """Return groups of models by what is said of each, given as (title, message), the largest first."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for title, message in pairs:
        found[kind_of(message)].append(title)
    ordered = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(
        Group(reason, len(titles), percent(len(titles), tried), tuple(titles[:_EXAMPLES])) for reason, titles in ordered
    )


def percent(part: int, whole: int) -> float:
    """Return a share in percent, 0 of nothing."""
    return 100 * part / whole if whole else 0.0


def summary(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the lines of the report on one source."""
    tried = [row for row in rows if row.outcome != "excluded"]
    built = [row for row in tried if not row.reason.startswith("build: ")]
    captured = [row for row in tried if row.outcome == "captured"]
    inferred = sum(row.inferred for row in captured)
    rungs = Counter(row.rung for row in captured)
    yield f"{len(tried)} models tried, {len(rows) - len(tried)} names excluded, {len(built)} built"
    yield f"{_share('captured', len(captured), len(tried))}: {', '.join(f'{n} {rung}' for rung, n in rungs.items())}"
    yield f"{_share('captured', len(captured), len(built))} of those that were built"
    yield f"inputs: {inferred} inferred, {len(captured) - inferred} declared"
    seconds = sorted(row.seconds for row in tried)
    if seconds:
        yield f"seconds: {sum(seconds):.0f} in all, {seconds[len(seconds) // 2]:.2f} in the middle"
    nodes = sum(row.nodes for row in captured)
    yield f"unknown producers: {sum(len(row.unknown) for row in captured)} reads by {nodes} nodes"
    for title, pairs in _topics(rows):
        yield from _section(title, groups(pairs, len(tried)))
    yield from _replayed([row for row in captured if row.replay])
    yield "slowest:"
    for row in sorted(tried, key=lambda row: -row.seconds)[:_SLOWEST]:
        yield f"  {row.seconds:7.1f} s  {row.title}"


def _topics(rows: Sequence[Row]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield each thing to be grouped, with the title and the message of every row that it concerns."""
    captured = [row for row in rows if row.outcome == "captured"]
    yield "failed", [(row.title, row.reason) for row in rows if row.outcome == "failed"]
    yield "excluded", [(row.title, row.reason) for row in rows if row.outcome == "excluded"]
    yield "not on the first rung", [(row.title, row.rung_reason) for row in captured if row.rung != "meta"]
    built = [row for row in captured if row.rung == "meta" and row.rung_reason]
    yield "on it, but built for real", [(row.title, row.rung_reason) for row in built]
    yield "not in train mode", [(row.title, row.train) for row in captured if row.train]
    yield "with unknown producers", [(row.title, row.unknown[0]) for row in rows if row.unknown]


def _replayed(rows: Sequence[Row]) -> Iterator[str]:
    if not rows:
        return
    judged = [row for row in rows if row.replay != "not run"]
    equal = sum(row.replay == "equal" for row in judged)
    yield f"{_share('replay equal', equal, len(judged))} of {len(judged)}, {len(rows) - len(judged)} not run"
    pairs = [(row.title, f"{row.replay}: {row.replay_reason}") for row in rows if row.replay != "equal"]
    yield from _section("not replayed equal", groups(pairs, len(rows)))


def _section(title: str, found: Sequence[Group]) -> Iterator[str]:
    if not found:
        return
    yield f"{title}: {sum(group.count for group in found)}"
    for group in found:
        more = ", …" if group.count > len(group.examples) else ""
        yield f"  {group.count:4} {group.percent:5.1f} %  {group.reason}  ({', '.join(group.examples)}{more})"


def _share(what: str, part: int, whole: int) -> str:
    return f"{what} {part} ({percent(part, whole):.1f} %)"
