"""The nodes of a run in their order, each under the name that it will have in the graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from visunn_lint.pipeline.engines.native.record import Record
from visunn_lint.pipeline.graphdef import Names, legal_prefix, within
from visunn_lint.records import short_op

if TYPE_CHECKING:
    from visunn_lint.records import NodeKind
    from visunn_lint.spec import Plain, TensorSpec


class Ledger:
    """The records of a run, and their names: ``ResNet/layer1/0/conv1/conv2d``, a second call's under ``conv1.1``.

    ``root`` is the class of the model, which all names begin with.
    """

    def __init__(self, root: str) -> None:
        self.records: list[Record] = []
        self.names: list[str] = []
        self._root = root
        self._taken = Names()
        self._prefixes: dict[str | tuple[str, int], str] = {}

    def add(self, record: Record) -> int:
        """Append a record and return its index."""
        scope = record.scope
        if scope is not None:
            module, call = scope.module, scope.call
            prefix = self._prefixes.get((module, call) if call else module) or self._keep(module, call)
            last = short_op(record.op)
        elif record.kind in _AT_THE_ROOT:
            prefix, last = legal_prefix(self._root, record.kind), record.label.rpartition(".")[2] or record.kind
        else:
            prefix = self._prefixes.get(record.module) or self._keep(record.module, 0)
            last = record.label.rpartition(".")[2] or record.kind
        return self._append(record, self._taken.take_within(prefix, last))

    def add_stored(
        self, kind: NodeKind, module: str, name: str, outputs: tuple[TensorSpec, ...], *, requires_grad: bool
    ) -> int:
        """Append the record of a tensor that a module holds under a name, and return its index."""
        label = f"{module}.{name}" if module else name
        record = Record(kind, kind, None, (), (), outputs, _FLAGS[requires_grad], None, label, module)
        prefix = self._prefixes.get(module) or self._keep(module, 0)
        last = name.rpartition(".")[2] or kind if "." in name or not name else name
        return self._append(record, self._taken.take_within(prefix, last))

    def _append(self, record: Record, name: str) -> int:
        """Append a record with its name: both or, where the stack has no room to find the name, neither."""
        index = len(self.records)
        self.records.append(record)
        self.names.append(name)
        return index

    def _keep(self, module: str, call: int) -> str:
        """Return what the names of a call's nodes begin with, and those of what stands in its module."""
        holder, _, last = module.rpartition(".")
        if module:
            above = self._prefixes.get(holder) or self._keep(holder, 0)
            prefix = within(above, f"{last}.{call}" if call else last)
        else:
            prefix = legal_prefix(self._root)
        self._prefixes[(module, call) if call else module] = prefix
        return prefix


_FLAGS: Final[dict[bool, dict[str, Plain]]] = {flag: {"requires_grad": flag} for flag in (False, True)}
"""The arguments of a parameter's node: the same object for all, which is written down once."""
_AT_THE_ROOT: Final = frozenset({"input", "output"})
