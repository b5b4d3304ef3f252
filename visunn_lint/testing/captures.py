"""Topologies that have been captured already: a model is traced once for the same arguments."""

from __future__ import annotations

import weakref
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from visunn_lint.testing.versions import version_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from visunn_lint.testing.versions import Version
    from visunn_lint.topology import Topology


@dataclass(frozen=True, slots=True)
class _Entry:
    """What was captured of one model, in the state that it was in."""

    model: weakref.ref[object]
    version: Version
    topologies: dict[Version, Topology] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Captures:
    """The topologies of some models, by the state of the model and of the arguments.

    A model that was changed, in structure, attributes or weights, is traced anew; one that is gone
    takes its topologies along.
    """

    entries: dict[int, _Entry] = field(default_factory=dict)

    def find(self, model: object, arguments: tuple[object, ...], trace: Callable[[], Topology]) -> Topology:
        """Return what ``trace`` returns, or returned for the same model in the same state, and equal arguments."""
        key = version_of(*arguments)
        topologies = self._entry(model).topologies
        if key not in topologies:
            topologies[key] = trace()
        return topologies[key]

    def _entry(self, model: object) -> _Entry:
        entries, name, version = self.entries, id(model), version_of(model)
        known = entries.get(name)
        if known is None or known.model() is not model or known.version != version:
            known = entries[name] = _Entry(weakref.ref(model, lambda _: entries.pop(name, None)), version)
        return known
