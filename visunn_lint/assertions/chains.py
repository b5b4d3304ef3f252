"""Rows of modules and ops, each of which feeds the next one straight."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, TypeAlias

from visunn_lint import query, source
from visunn_lint.assertions.places import matches_op, nothing_matches

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from visunn_lint.location import Location
    from visunn_lint.records import Call, Node, Slot
    from visunn_lint.topology import Topology

_Tensor: TypeAlias = tuple[str, int]
"""Which node made a tensor, and as which of its outputs."""


@dataclass(frozen=True, slots=True, eq=False)
class _Link:
    """A call of a module, or one op: what it reads and what it makes."""

    name: str
    module: str
    call: Call | None
    node: Node | None
    reads: frozenset[_Tensor]
    makes: frozenset[_Tensor]
    next: list[_Link] = field(default_factory=list)
    """The links that read what this one makes."""

    @property
    def source(self) -> Location | None:
        """The line that calls it."""
        found = self.call or self.node
        return found.source if found else None


def chains(topology: Topology, pattern: str, within: str = "*") -> tuple[tuple[str, ...], ...]:
    """Return every row of calls and ops that matches ``Conv2d -> BatchNorm2d -> relu``, each feeding the next straight.

    A step is a glob of kinds, of module paths or of ops; all of a row lie in modules whose path matches
    ``within``. A row is told by the paths of its modules and the names of its nodes.
    """
    steps = _steps(pattern)
    links = _links(topology, within)
    return tuple(tuple(link.name for link in row) for row in _rows(topology, links, steps))


def assert_chain(topology: Topology, pattern: str, within: str = "*") -> None:
    """Fail unless a row such as ``Conv2d -> BatchNorm2d -> ReLU`` is there; its twin is ``chains``.

    A step is a glob of kinds, of module paths or of ops, and each has to feed the next one straight, with nothing
    between. ``within`` is a glob of the paths that all of the row have.
    """
    __tracebackhide__ = True
    steps = _steps(pattern)
    links = _links(topology, within)
    if next(_rows(topology, links, steps), None) is None:
        raise AssertionError("\n".join(_told(topology, links, steps, within)))


def _steps(pattern: str) -> list[str]:
    steps = [step.strip() for step in pattern.split("->")]
    if not all(steps):
        message = f"a chain is written as `Conv2d -> BatchNorm2d`, not as {pattern!r}"
        raise ValueError(message)
    return steps


def _links(topology: Topology, within: str) -> list[_Link]:
    """Return the calls and ops in some modules, in order of execution, each knowing which it feeds."""
    ops = [_op_link(node) for node in topology.ops()]
    calls = [_call_link(call) for call in topology.calls]
    found = [link for link in (*calls, *ops) if within == "*" or fnmatchcase(link.module, within)]
    readers: dict[_Tensor, list[_Link]] = {}
    for link in found:
        for tensor in link.reads:
            readers.setdefault(tensor, []).append(link)
    for link in found:
        reading = dict.fromkeys(reader for tensor in sorted(link.makes) for reader in readers.get(tensor, ()))
        link.next.extend(reader for reader in reading if reader is not link)
    return found


def _op_link(node: Node) -> _Link:
    reads = frozenset(zip(node.inputs, node.input_slots, strict=True))
    makes = frozenset((node.name, index) for index in range(max(len(node.output_specs), 1)))
    return _Link(node.name, node.module, None, node, reads, makes)


def _call_link(call: Call) -> _Link:
    return _Link(call.module, call.module, call, None, _tensors(call.inputs), _tensors(call.outputs))


def _tensors(slots: Sequence[Slot]) -> frozenset[_Tensor]:
    return frozenset((slot.node, slot.index) for slot in slots if slot.node)


def _matches(topology: Topology, link: _Link, step: str) -> bool:
    if link.node is not None:
        return matches_op(link.node, step)
    module = topology[link.module]
    return query.matches_path(module, step) or query.matches_kind(module, step)


def _rows(topology: Topology, links: Sequence[_Link], steps: Sequence[str]) -> Iterator[tuple[_Link, ...]]:
    """Yield the rows that match some steps, depth first."""
    for link in links:
        if _matches(topology, link, steps[0]):
            if len(steps) == 1:
                yield (link,)
            else:
                yield from ((link, *rest) for rest in _rows(topology, link.next, steps[1:]))


def _told(topology: Topology, links: Sequence[_Link], steps: Sequence[str], within: str) -> Iterator[str]:
    """Yield what the longest row that is there comes to, and what follows it in place of the next step."""
    scope = "" if within == "*" else f" within `{within}`"
    yield f"no chain {' -> '.join(steps)} in {topology.name}{scope}"
    row: tuple[_Link, ...] | None = None
    for length in range(1, len(steps)):
        longer = next(_rows(topology, links, steps[:length]), None)
        if longer is None:
            break
        row = longer
    if not links:
        yield f"    no module called there has a path that matches `{within}`"
    elif row is None:
        yield f"    {nothing_matches(topology, steps[0])}" if not scope else f"    there is no {steps[0]} there"
    else:
        there = " → ".join(link.name for link in row)
        yield f"    {there} is there and feeds {_followers(row[-1])}, not {steps[len(row)]}"
        yield from (f"    at {source.quoted(link.source)}" for link in row[-1].next[:1] if link.source)


def _followers(link: _Link) -> str:
    calls = [each.name for each in link.next if each.call is not None]
    ops = [each.node.short_op for each in link.next if each.node is not None]
    return " and ".join(list(dict.fromkeys(calls or ops))[:3]) or "nothing"
