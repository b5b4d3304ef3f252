"""How many there are of something, and how often it is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visunn_lint import source
from visunn_lint.assertions.places import known_places, listed, name_of, nothing_matches, places
from visunn_lint.records import Module

if TYPE_CHECKING:
    from visunn_lint.topology import Topology


def count(topology: Topology, pattern: str) -> int:
    """Return how many modules a pattern matches by path or kind; where none does, how many ops.

    ``topology.find`` and ``topology.ops`` return them.
    """
    return len(places(topology, pattern))


def assert_count(topology: Topology, pattern: str, expected: int) -> None:
    """Fail unless there are exactly so many modules, or ops, of a path or kind; its twin is ``count``."""
    __tracebackhide__ = True
    found = places(topology, pattern)
    if len(found) == expected:
        return
    has = f"{topology.name} has {len(found)}" if found else nothing_matches(topology, pattern)
    told = [f"expected {expected} `{pattern}`, {has}", *listed(topology, found)]
    raise AssertionError("\n".join(told))


def assert_no(topology: Topology, pattern: str) -> None:
    """Fail if there is a module, or an op, of that path or kind; its twin is ``count``."""
    __tracebackhide__ = True
    found = places(topology, pattern)
    if found:
        told = [f"expected no `{pattern}`, {topology.name} has {len(found)}", *listed(topology, found)]
        raise AssertionError("\n".join(told))


def assert_calls(topology: Topology, pattern: str, times: int) -> None:
    """Fail unless each module of that path or kind is called exactly so often; its twin is ``topology[path].calls``."""
    __tracebackhide__ = True
    modules = [place for place in known_places(topology, pattern) if isinstance(place, Module)]
    if not modules:
        message = f"`{pattern}` is no module of {topology.name} but an op: count it with assert_count"
        raise AssertionError(message)
    wrong = [module for module in modules if len(module.calls) != times]
    if wrong:
        raise AssertionError("\n".join(line for module in wrong[:3] for line in _told(topology, module, times)))


def _told(topology: Topology, module: Module, times: int) -> list[str]:
    number = len(module.calls)
    called = f"called {number} time{'' if number == 1 else 's'}" if number else "never called"
    head = f"`{name_of(topology, module)}` ({module.short_kind}) is {called}, expected {times}"
    places = [call.source for call in module.calls] or [module.source]
    return [head, *(f"    at {source.quoted(place)}" for place in places if place is not None)]
