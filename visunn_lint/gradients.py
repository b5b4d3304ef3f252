"""Where the gradient of a model's outputs goes: which parameters it reaches, and what ends it elsewhere.

Told from the graph alone, as autograd would have it in a run of its own: in one pass backwards, in time linear in
the graph. ``tests/test_gradients.py`` compares it with ``torch.autograd.grad``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from visunn_lint import query

if TYPE_CHECKING:
    from visunn_lint.records import Node
    from visunn_lint.topology import Topology


class Why(Enum):
    """Why no gradient, or none but zeros, goes through an op."""

    DETACHED = "detached"
    NO_GRAD = "autograd is off"
    INTEGER = "integers"
    COMPARISON = "a comparison"
    STEP = "a step function"
    """Autograd goes on, with zeros."""
    SHAPE = "only the shape is read"


class Cut(NamedTuple):
    """The op at which a gradient ends, and why."""

    node: Node
    why: Why


@dataclass(frozen=True, slots=True)
class Gradient:
    """What becomes of the gradient of one parameter, if all outputs are differentiated.

    ``reaches`` is whether autograd gives it one at all, ``moves`` whether that can be other than zero. ``escapes`` says
    that its value also ends up where nobody can tell (kept on ``self``, asked for a number). ``cuts`` are places, a few
    at most, where a way to an output is cut.
    """

    param: Node
    reaches: bool
    moves: bool
    escapes: bool
    cuts: tuple[Cut, ...]


def param_gradients(topology: Topology) -> tuple[Gradient, ...]:
    """Return what becomes of the gradient of each trainable parameter that some op reads."""
    ends = _ends(topology)
    return tuple(
        Gradient(node, end.reaches, end.moves, end.escapes, tuple(end.cuts.values()))
        for node in topology.nodes.values()
        if node.kind == "param" and node.attributes.get("requires_grad") and topology.consumers(node)
        for end in [ends[node.name]]
    )


_DETACHES = frozenset({"detach", "data", "tensor", "new_tensor", "numpy", "from_numpy"})
_STEPS = frozenset({"round", "floor", "ceil", "trunc", "fix", "sign", "bernoulli"})
"""Ops whose derivative is zero wherever there is one: autograd hands on zeros."""
_SHAPES = frozenset({
    "zeros_like", "ones_like", "empty_like", "full_like", "rand_like", "randn_like", "randint_like", "new_zeros",
    "new_ones", "new_empty", "new_full", "new_empty_strided", "size", "dim", "numel",
})  # fmt: skip
_ALIASES = frozenset({
    "detach", "data", "getitem", "select", "narrow", "view", "view_as", "reshape", "transpose", "permute", "squeeze",
    "unsqueeze", "expand", "expand_as", "t", "T", "mT", "flatten", "unflatten", "chunk", "split", "unbind", "diagonal",
    "real", "imag", "movedim", "swapaxes", "contiguous",
})  # fmt: skip
"""Ops whose result may be the memory of their operand: a write into it is one into that."""
_MOST_CUTS = 3


@dataclass(slots=True)
class _End:
    """What is known of the ways from a node to the outputs."""

    reaches: bool = False
    moves: bool = False
    escapes: bool = False
    lives: bool = False
    """Whether some output depends on its value, gradient or not."""
    cuts: dict[tuple[str, Why], Cut] = field(default_factory=dict)


def _ends(topology: Topology) -> dict[str, _End]:
    """Return for each node what becomes of the gradient that should come to it."""
    written = _written_aliases(topology)
    ends = {name: _End() for name in topology.nodes}
    for node in reversed(tuple(topology.nodes.values())):
        here = ends[node.name]
        if node.kind == "output":
            here.reaches = here.moves = here.lives = True
        elif not topology.consumers(node):
            here.escapes = not _is_torchs_own(topology, node)
        for position, producer in enumerate(node.inputs):
            _pass_on(here, ends[producer], topology.nodes[producer], node, _why_cut(node, position, written))
    return ends


def _pass_on(here: _End, before: _End, producer: Node, node: Node, why: Why | None) -> None:
    """Tell a producer what is known of one of its readers, as far as the gradient comes through."""
    if why is Why.SHAPE:
        return
    before.lives |= here.lives
    if why is None or why is Why.STEP:
        before.reaches |= here.reaches
        before.moves |= here.moves and why is None
        before.escapes |= here.escapes
        for cut in here.cuts.values():
            _note(before, cut)
    if why is not None and here.lives:
        has_been_cut_before = why in {Why.INTEGER, Why.COMPARISON} and not _gives_float(producer)
        _note(before, Cut(producer if has_been_cut_before else node, why))


def _note(end: _End, cut: Cut) -> None:
    if len(end.cuts) < _MOST_CUTS:
        end.cuts[cut.node.name, cut.why] = cut


def _why_cut(node: Node, position: int, written: set[str]) -> Why | None:
    """Return why no gradient goes from an op to one of its operands, None if it does."""
    spec = node.input_specs[position]
    if node.autograd == "custom" or node.kind == "opaque":
        return None
    if node.short_op in _SHAPES:
        return Why.SHAPE
    if spec is not None and not spec.is_floating:
        return _of_dtype(spec.dtype)
    return None if node.kind == "output" or node.name in written else _why_op_cuts(node, position)


def _why_op_cuts(node: Node, position: int) -> Why | None:
    """Return why no gradient goes from an op to an operand that could have one."""
    op = node.short_op.removesuffix("_")
    if op in _DETACHES:
        return Why.DETACHED
    if node.autograd == "off":
        return None if position == 0 and query.is_in_place(node) else Why.NO_GRAD
    if not _gives_float(node):
        return _of_dtype(node.output_specs[0].dtype if node.output_specs[0] else "")
    return Why.STEP if op in _STEPS else None


def _of_dtype(dtype: str) -> Why:
    return Why.COMPARISON if dtype == "bool" else Why.INTEGER


def _gives_float(node: Node) -> bool:
    """Return whether some output of a node can carry a gradient; an unknown one can."""
    return any(spec is None or spec.is_floating for spec in node.output_specs) or not node.output_specs


def _written_aliases(topology: Topology) -> set[str]:
    """Return the ops that only name memory for an unwatched write: who reads it later is none the wiser.

    ``weight.data.clamp_()`` changes what a parameter holds, not where its gradient goes.
    """
    written: set[str] = set()
    found: set[str] = set()
    for node in reversed(tuple(topology.nodes.values())):
        if not node.inputs:
            continue
        if node.name in written and node.short_op in _ALIASES:
            found.add(node.name)
            written.add(node.inputs[0])
        elif query.is_in_place(node):
            written.add(node.inputs[0])
    return found


def _is_torchs_own(topology: Topology, node: Node) -> bool:
    """Return whether an op without readers is one of torch's modules, such as an LSTM's last state."""
    owner = topology.modules.get(node.module)
    return node.kind in {"op", "opaque"} and owner is not None and owner.kind.startswith("torch.nn.")
