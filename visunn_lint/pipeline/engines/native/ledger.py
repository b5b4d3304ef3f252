"""The nodes of a run in their order, each under the name that it will have in the graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from visunn_lint.pipeline.graphdef import Names, legal_prefix
from visunn_lint.records import short_op

if TYPE_CHECKING:
    from visunn_lint.pipeline.engines.native.record import Record, Scope


class Ledger:
    """The records of a run, and their names: ``ResNet/layer1/0/conv1/conv2d``, a second call's under ``conv1.1``.

    ``root`` is the class of the model, which all names begin with.
    """

    def __init__(self, root: str) -> None:
        self.records: list[Record] = []
        self.names: list[str] = []
        self._root = root
        self._taken = Names()
        self._prefixes: dict[tuple[str, int], str] = {}

    def add(self, record: Record) -> int:
        """Append a record and return its index."""
        index = len(self.records)
        self.records.append(record)
        self.names.append(self._taken.take_within(self._prefix(record), _last(record)))
        return index

    def _prefix(self, record: Record) -> str:
        """Return what the names of a call's nodes begin with, or those of what stands in a module."""
        scope = record.scope
        if scope is not None:
            key = (scope.module, scope.call)
            known = self._prefixes.get(key)
            return known if known is not None else self._keep(key, _scope_parts(scope))
        key = (record.module, 0) if record.kind not in _AT_THE_ROOT else (record.kind, -1)
        known = self._prefixes.get(key)
        return known if known is not None else self._keep(key, _stored_parts(record))

    def _keep(self, key: tuple[str, int], parts: list[str]) -> str:
        prefix = self._prefixes[key] = legal_prefix(self._root, *parts)
        return prefix


_AT_THE_ROOT: Final = frozenset({"input", "output"})


def _last(record: Record) -> str:
    if record.scope is not None:
        return short_op(record.op)
    return record.label.rpartition(".")[2] or record.kind


def _stored_parts(record: Record) -> list[str]:
    if record.kind in _AT_THE_ROOT:
        return [record.kind]
    return _segments(record.module)


def _segments(path: str) -> list[str]:
    return path.split(".") if path else []


def _scope_parts(scope: Scope) -> list[str]:
    segments = _segments(scope.module)
    if scope.call and segments:
        segments[-1] = f"{segments[-1]}.{scope.call}"
    return segments
