"""What was said of many models, by rule."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from benchmarks.precision.record import Row, Said

_THOUSAND = 1000


@dataclass(frozen=True, slots=True)
class Kind:
    """The findings of one rule at one line, which are of one kind: who reads one of them has read all."""

    first: Said
    models: tuple[str, ...]
    count: int


def kinds(rows: Iterable[Row]) -> dict[str, list[Kind]]:
    """Return the kinds of findings by the code of their rule, those in most models first."""
    found: defaultdict[tuple[str, str], list[tuple[str, Said]]] = defaultdict(list)
    for row in rows:
        for said in row.findings:
            found[said.code, said.place or said.message].append((row.name, said))
    by_code: defaultdict[str, list[Kind]] = defaultdict(list)
    for (code, _), pairs in sorted(found.items()):
        models = tuple(dict.fromkeys(name for name, _ in pairs))
        by_code[code].append(Kind(pairs[0][1], models, len(pairs)))
    return {code: sorted(group, key=lambda kind: -len(kind.models)) for code, group in by_code.items()}


def summary(rows: Sequence[Row], examples: int) -> Iterator[str]:
    """Yield the lines of the report: by rule how often it speaks, then its kinds with an example of each."""
    checked = [row for row in rows if not row.reason]
    yield f"{len(checked)} models checked, {len(rows) - len(checked)} not"
    for row in rows:
        if row.reason:
            yield f"  {row.name}: {row.reason.splitlines()[0]}"
    for found in kinds(checked).values():
        first, count = found[0].first, sum(kind.count for kind in found)
        models = len({name for kind in found for name in kind.models})
        rate = f"{count * _THOUSAND / len(checked):.0f} per thousand models"
        yield f"{first.code} {first.rule} [{first.severity}]: {count} in {models} models, {rate}"
        for kind in found[:examples]:
            yield f"  {len(kind.models):4} models, {kind.models[0]}: {kind.first.message}  ({kind.first.place})"
        if len(found) > examples:
            yield f"       and {len(found) - examples} kinds more"
