"""Which statement ran in which call of which module.

An inlined TorchScript graph names the modules that ran, not their calls. A call goes on while
statements of its module follow each other, and a new one begins

- when control had returned to the caller in between;
- when the module fetches an attribute, a parameter or a child, that it fetched before: each call does so once;
- for a module without either, when its op comes again: one of torch's own runs it once a call, any other
  is taken to begin anew only when the op reads nothing of what the call made so far.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from visunn_lint.pipeline.engines.torchscript.statements import Statement

CallKey = tuple[str, int]


@dataclass(slots=True, eq=False)
class _OpenCall:
    key: CallKey
    fetched: set[str] = field(default_factory=set)
    ops: set[str] = field(default_factory=set)
    made: set[str] = field(default_factory=set)

    def take(self, statement: Statement) -> None:
        """Take note of a statement of its own."""
        self.made.update(value.name for value in statement.outputs)
        if any(value.spec for value in statement.outputs):
            self.ops.add(statement.kind)


class CallSplitter:
    """Follows the statements of a run and says in which call each of them is.

    ``bare`` are the modules with neither parameters nor children, ``single`` those of them that
    run one op a call.
    """

    def __init__(self, bare: Collection[str], single: Collection[str]) -> None:
        self.parents: dict[CallKey, CallKey | None] = {("", 0): None}
        self._bare, self._single = bare, single
        self._counts: Counter[str] = Counter()
        self._fetched: defaultdict[str, set[str]] = defaultdict(set)
        self._stack = [_OpenCall(("", 0))]

    def fetch(self, module: str, attribute: str) -> None:
        """Take note that some call fetched an attribute of a module; its statements come next."""
        self._fetched[module].add(attribute)

    def place(self, statement: Statement, scope: Sequence[str]) -> CallKey:
        """Return the call that a statement belongs to; ``scope`` are the modules around it."""
        kept = next((level for level in self._open_levels(scope) if self._begins_anew(level, statement, scope)), None)
        kept = len(self._open_levels(scope)) + 1 if kept is None else kept
        del self._stack[kept:]
        for module in scope[kept - 1 :]:
            self._open(module)
        for call in self._stack:
            call.fetched |= self._fetched.pop(call.key[0], set())
        self._stack[-1].take(statement)
        return self._stack[-1].key

    def _open_levels(self, scope: Sequence[str]) -> range:
        """Return where in the stack the calls stand that may go on; the root's, at 0, always does."""
        level = 1
        while level <= len(scope) and level < len(self._stack) and self._stack[level].key[0] == scope[level - 1]:
            level += 1
        return range(1, level)

    def _begins_anew(self, level: int, statement: Statement, scope: Sequence[str]) -> bool:
        call, module = self._stack[level], scope[level - 1]
        if call.fetched & self._fetched.get(module, set()):
            return True
        if level < len(scope) or module not in self._bare or statement.kind not in call.ops:
            return False
        return module in self._single or call.made.isdisjoint(statement.inputs)

    def _open(self, module: str) -> None:
        key = (module, self._counts[module])
        self._counts[module] += 1
        self.parents[key] = self._stack[-1].key
        self._stack.append(_OpenCall(key))


def around(call: CallKey | None, parents: Mapping[CallKey, CallKey | None]) -> Iterable[CallKey]:
    """Yield a call and all calls around it, the innermost first."""
    while call is not None:
        yield call
        call = parents[call]
