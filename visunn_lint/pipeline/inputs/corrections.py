"""What the failure of a guess says about the inputs: better guesses, the likeliest first."""

from __future__ import annotations

from dataclasses import replace
from math import isqrt, prod
from typing import TYPE_CHECKING

from torch import nn

from visunn_lint.pipeline.inputs.by_name import layouts_by_name
from visunn_lint.pipeline.inputs.complaints import (
    misfit_view,
    misses_axis,
    wanted_rank,
    wants_floats,
    wants_integers,
)
from visunn_lint.pipeline.inputs.consumers import SIZE, is_length, layout
from visunn_lint.pipeline.inputs.guess import Length, Part
from visunn_lint.pipeline.inputs.guesses import with_parameter
from visunn_lint.pipeline.inputs.keys import by_key
from visunn_lint.pipeline.inputs.missing import missing
from visunn_lint.pipeline.inputs.resizing import by_alignment, by_numbers, by_size, by_usual_sides, scaled
from visunn_lint.pipeline.inputs.signature import inner_model, parameters
from visunn_lint.pipeline.inputs.trouble import troubles
from visunn_lint.records import short_op
from visunn_lint.spec import TensorInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from visunn_lint.pipeline.inputs.guess import Guess
    from visunn_lint.pipeline.inputs.trouble import Trouble
    from visunn_lint.records import Failure

_MATRICES = frozenset({"linear", "matmul", "mm", "addmm", "bmm", "mv"})
_CONVOLUTIONS = frozenset({f"conv{way}{rank}d" for way in ("", "_transpose") for rank in (1, 2, 3)})
_IMAGES_RANK = 5
"""Batch, some images, channels, height, width."""


def corrections(
    guess: Guess, failure: Failure, model: nn.Module, code: Sequence[str] = (), known: Iterable[str] = ()
) -> Iterator[Guess]:
    """Yield better guesses for one that failed.

    ``code`` is where, as in a Trial; ``known`` are the parameters that have a value in any case.
    """
    given = guess.names.union(known)
    optional = {each.name: each for each in parameters(model)}
    for name in missing(failure, code, model, given):
        yield with_parameter(guess, inner_model(model), optional[name])
    yield from by_key(guess, failure, code, model)
    for trouble in troubles(guess, failure, model):
        yield from _by_name(trouble, model)
        for correct in (
            _by_reader,
            _by_dtype,
            _by_axis,
            _by_rank,
            _by_matrix,
            _by_convolution,
            _by_view,
            by_size,
            by_alignment,
            by_numbers,
            by_usual_sides,
        ):
            yield from correct(trouble)


def _by_reader(trouble: Trouble) -> Iterator[Guess]:
    """Ask the layer that was given the input as it is what it reads."""
    wanted = layout(trouble.layer) if trouble.layer is not None and trouble.is_direct else None
    if wanted is None:
        return
    if isinstance(trouble.layer, nn.Linear | nn.LayerNorm) and len(trouble.layout.dims) > len(wanted.dims):
        yield trouble.instead(*trouble.layout.dims[:-1], wanted.dims[-1])
    yield trouble.put(wanted)


def _by_name(trouble: Trouble, model: nn.Module) -> Iterator[Guess]:
    """Take what else has so many axes and goes by the name of an input that has too few or too many."""
    rank = wanted_rank(trouble.failure.message)
    if rank == 0 or not trouble.is_direct:
        return
    for found in layouts_by_name(inner_model(model), trouble.name):
        if isinstance(found.layout, TensorInput) and len(found.layout.dims) == rank != len(trouble.layout.dims):
            guess = trouble.put(found.layout)
            yield guess.with_size(found.size) if found.size else guess


def _by_dtype(trouble: Trouble) -> Iterator[Guess]:
    if wants_integers(trouble.failure.message):
        yield trouble.instead(*trouble.layout.dims, dtype="int64")
    if wants_floats(trouble.failure.message):
        yield trouble.instead(*trouble.layout.dims)


def _by_axis(trouble: Trouble) -> Iterator[Guess]:
    """Make sequences of one length of all rows at once, where something made from them misses an axis."""
    if not misses_axis(trouble.failure.message):
        return
    guess = trouble.guess
    parts = tuple(_as_sequence(part, guess.focus) for part in guess.parts)
    if parts != guess.parts:
        yield replace(guess, parts=parts)


def _as_sequence(part: Part, length: int) -> Part:
    """Return a part with a free length behind its batch axis if it has features alone, or nothing."""
    if not isinstance(part.layout, TensorInput) or is_length(part.name):
        return part
    dims = part.layout.dims
    if dims[:1] != ("b",) or len(dims) > 2 or SIZE in dims:  # noqa: PLR2004 -- batch, features
        return part
    return replace(part, layout=replace(part.layout, dims=("b", SIZE, *dims[1:])), length=length)


def _by_rank(trouble: Trouble) -> Iterator[Guess]:
    rank = wanted_rank(trouble.failure.message)
    dims = trouble.layout.dims
    if rank in (0, len(dims)):
        return
    features = next((dim for dim in dims if isinstance(dim, int)), 3)
    shapes: dict[int, tuple[tuple[int | str, ...], ...]] = {
        2: (("b", features),),
        3: (("b", SIZE, features), ("b", features, SIZE)),
        4: (("b", features, SIZE, SIZE), ("b", 3, SIZE, SIZE)),
        5: (("b", features, SIZE, SIZE, SIZE), ("b", SIZE, features, 64, 64)),
    }
    if rank == _IMAGES_RANK and len(dims) == rank - 1:
        yield trouble.put(TensorInput((*dims[:1], 2, *dims[1:]), trouble.layout.dtype))
    yield from (trouble.instead(*shape, dtype=trouble.layout.dtype) for shape in shapes.get(rank, ()))


def _by_matrix(trouble: Trouble) -> Iterator[Guess]:
    """Take from a matrix product how many features there are, and how many there should be."""
    operands = [operand.shape for operand in trouble.failure.operands]
    op = short_op(trouble.failure.op)
    if op not in _MATRICES or len(operands) < 2 or not (operands[0] and operands[1]):  # noqa: PLR2004 -- a product has two
        return
    got, wanted = operands[0][-1], operands[1][-1] if op == "linear" else operands[1][max(-2, -len(operands[1]))]
    dims = trouble.layout.dims
    if len(dims) == 3 and got == trouble.guess.size:  # noqa: PLR2004 -- batch, length, features
        yield trouble.instead(dims[0], dims[2], dims[1])
    if trouble.is_direct:
        yield trouble.instead(*dims[:-1], wanted)
    yield from scaled(trouble, got, wanted)


def _by_convolution(trouble: Trouble) -> Iterator[Guess]:
    """Swap features and length where a convolution has got as many channels as the free length."""
    op, dims = short_op(trouble.failure.op), trouble.layout.dims
    operands = [operand.shape for operand in trouble.failure.operands]
    if op not in _CONVOLUTIONS or len(operands) < 2 or len(operands[0]) < 2:  # noqa: PLR2004 -- input and weight
        return
    if len(dims) > 2 and operands[0][1] == trouble.guess.size:  # noqa: PLR2004 -- batch, channels, length
        yield trouble.instead(dims[0], *dims[2:], dims[1])


def _by_view(trouble: Trouble) -> Iterator[Guess]:
    """Take from a view that does not fit how many elements there are, and how many there should be."""
    found = misfit_view(trouble.failure.message)
    if found is None:
        return
    target, got = found
    batch = trouble.guess.batch
    wanted = prod(dim for dim in target if dim > 0) * (batch if -1 in target else 1)
    if trouble.is_direct and wanted % batch == 0:
        yield from _of_elements(trouble, wanted // batch)
    yield from scaled(trouble, got, wanted)


def _of_elements(trouble: Trouble, count: int) -> Iterator[Guess]:
    """Yield square images, and rows, of so many elements a sample."""
    channels = dict.fromkeys([*trouble.layout.dims[1:2], 1, 3])
    for each in channels:
        side = isqrt(count // each) if isinstance(each, int) and each > 0 and count % each == 0 else 0
        if side > 1 and isinstance(each, int) and side * side * each == count:
            yield trouble.instead("b", each, SIZE, SIZE).with_length(Length(side))
    yield trouble.instead("b", count)
