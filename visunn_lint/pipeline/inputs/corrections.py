"""What the failure of a guess says about the inputs: better guesses, the likeliest first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isqrt, prod, sqrt
from typing import TYPE_CHECKING

from torch import nn

from visunn_lint.pipeline.inputs.complaints import (
    is_misaligned,
    is_too_small,
    misfit_view,
    misses_axis,
    numbers_in,
    wanted_rank,
    wants_floats,
    wants_integers,
)
from visunn_lint.pipeline.inputs.consumers import SIZE, is_length, layout, words
from visunn_lint.pipeline.inputs.guess import Length, Part
from visunn_lint.pipeline.inputs.guesses import start_size, with_parameter
from visunn_lint.pipeline.inputs.missing import missing
from visunn_lint.pipeline.inputs.settings import parts_of
from visunn_lint.pipeline.inputs.signature import inner_model, parameters
from visunn_lint.pipeline.inputs.sizes import SIDES, larger, smaller
from visunn_lint.spec import TensorInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from visunn_lint.pipeline.inputs.guess import Guess
    from visunn_lint.records import Failure

_MATRICES = frozenset({"linear", "matmul", "mm", "addmm", "bmm", "mv"})
_CONVOLUTIONS = frozenset({f"conv{way}{rank}d" for way in ("", "_transpose") for rank in (1, 2, 3)})
_SILENT = frozenset({"AssertionError", "IndexError", "UndecidedError"})
_IMAGES_RANK = 5
"""Batch, some images, channels, height, width."""

_MOST_NUMBERS = 4
_LARGEST_SAID = 4096


@dataclass(frozen=True, slots=True)
class Trouble:
    """A guess, the failure that it led to, and the layer in which that happened, if torch's own.

    ``name`` is the parameter of forward that is to blame, as far as can be told.
    """

    guess: Guess
    failure: Failure
    layer: nn.Module | None
    name: str
    is_direct: bool
    """Whether the op that failed was given that very input, rather than something made from it."""

    @property
    def layout(self) -> TensorInput:
        """The layout of the input that is to blame."""
        return self.guess.tensors[self.name]

    def instead(self, *dims: int | str, dtype: str | None = None) -> Guess:
        """Return the guess with another shape for the input that is to blame."""
        return self.put(TensorInput(dims, dtype))

    def put(self, value: TensorInput) -> Guess:
        """Return the guess with another layout for the input that is to blame, and a length that suits it."""
        has_same_rank = len(value.dims) == len(self.layout.dims)
        are_signals = value.dtype is None and value.dims.count(SIZE) == self.layout.dims.count(SIZE) == 1
        size = max(start_size(value), self.guess.about(self.name).size if are_signals else 0)
        return self.guess.with_layout(self.name, value, 0 if has_same_rank else size)


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
    for trouble in _troubles(guess, failure, model):
        for correct in (
            _by_reader,
            _by_dtype,
            _by_axis,
            _by_rank,
            _by_matrix,
            _by_convolution,
            _by_view,
            _by_size,
            _by_alignment,
            _by_numbers,
            _by_usual_sides,
        ):
            yield from correct(trouble)


def _troubles(guess: Guess, failure: Failure, model: nn.Module) -> Iterator[Trouble]:
    """Yield the failure as one of each input, that of the likeliest first."""
    operands = [operand.shape for operand in failure.operands]
    direct = [name for name, value in guess.concrete.items() if value.dims in operands]
    layer = dict(model.named_modules()).get(failure.module)
    is_unseen = not failure.op and type(layer).__module__.startswith("torch.nn")
    said = words(failure.module)
    seen: set[int] = set()
    for name in sorted(guess.tensors, key=lambda each: (each not in direct, not said & parts_of(each))):
        focused = guess.about(name)
        if focused.focus not in seen:
            yield Trouble(focused, failure, layer, name, name in direct or (is_unseen and not direct))
        seen.add(focused.focus)


def _by_reader(trouble: Trouble) -> Iterator[Guess]:
    """Ask the layer that was given the input as it is what it reads."""
    wanted = layout(trouble.layer) if trouble.layer is not None and trouble.is_direct else None
    if wanted is None:
        return
    if isinstance(trouble.layer, nn.Linear | nn.LayerNorm) and len(trouble.layout.dims) > len(wanted.dims):
        yield trouble.instead(*trouble.layout.dims[:-1], wanted.dims[-1])
    yield trouble.put(wanted)


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
    op = trouble.failure.op.rpartition("::")[2]
    if op not in _MATRICES or len(operands) < 2 or not (operands[0] and operands[1]):  # noqa: PLR2004 -- a product has two
        return
    got, wanted = operands[0][-1], operands[1][-1] if op == "linear" else operands[1][max(-2, -len(operands[1]))]
    dims = trouble.layout.dims
    if len(dims) == 3 and got == trouble.guess.size:  # noqa: PLR2004 -- batch, length, features
        yield trouble.instead(dims[0], dims[2], dims[1])
    if trouble.is_direct:
        yield trouble.instead(*dims[:-1], wanted)
    yield from _scaled(trouble, got, wanted)


def _by_convolution(trouble: Trouble) -> Iterator[Guess]:
    """Swap features and length where a convolution has got as many channels as the free length."""
    op, dims = trouble.failure.op.rpartition("::")[2], trouble.layout.dims
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
    yield from _scaled(trouble, got, wanted)


def _of_elements(trouble: Trouble, count: int) -> Iterator[Guess]:
    """Yield square images, and rows, of so many elements a sample."""
    channels = dict.fromkeys([*trouble.layout.dims[1:2], 1, 3])
    for each in channels:
        side = isqrt(count // each) if isinstance(each, int) and each > 0 and count % each == 0 else 0
        if side > 1 and isinstance(each, int) and side * side * each == count:
            yield trouble.instead("b", each, SIZE, SIZE).with_length(Length(side))
    yield trouble.instead("b", count)


def _scaled(trouble: Trouble, got: int, wanted: int) -> Iterator[Guess]:
    """Yield guesses whose free length is changed so that what came to ``got`` comes to ``wanted``."""
    guess, dims = trouble.guess, trouble.layout.dims
    free = dims.count(SIZE)
    if got == wanted or not got:
        return
    if free:
        estimate = guess.size * (wanted / got) ** (1 / free)
        yield from smaller(guess, estimate) if got > wanted else larger(guess, estimate)
    elif isinstance(dims[-1], int) and dims[-1] * wanted % got == 0:
        yield trouble.instead(*dims[:-1], dims[-1] * wanted // got)


def _by_size(trouble: Trouble) -> Iterable[Guess]:
    """Take the next larger length, of a signal one that is twice as large."""
    if not is_too_small(trouble.failure.message):
        return ()
    is_signal = trouble.layout.dims.count(SIZE) == 1
    return larger(trouble.guess, 2 * trouble.guess.size if is_signal else 0)


def _by_alignment(trouble: Trouble) -> Iterator[Guess]:
    """Scale the free length, as it is or by area, where two tensors should be alike in one."""
    shapes = [operand.shape for operand in trouble.failure.operands if operand.shape][:2]
    if len(shapes) < 2 or not is_misaligned(trouble.failure.message):  # noqa: PLR2004 -- it takes two to differ
        return
    yield from _with_features(trouble, shapes[0][-1], shapes[1][-1])
    for one, other in zip(reversed(shapes[0]), reversed(shapes[1]), strict=False):
        if one == other or 1 in (one, other):
            continue
        size = trouble.guess.size
        factors = (other / one, one / other)
        scaled = [size * factor for factor in factors]
        by_area = [size * sqrt(factor) for factor in factors]
        without_token = [size * sqrt(a / b) for a, b in ((other - 1, one - 1), (one - 1, other - 1))]
        aligned = [(size // 32 + 1) * 32]
        for value in (*without_token, *scaled, *by_area, other, one, *aligned):
            if 1 <= value <= _LARGEST_SAID and float(value).is_integer():
                yield trouble.guess.with_size(int(value))


def _with_features(trouble: Trouble, one: int, other: int) -> Iterator[Guess]:
    """Yield the guess with as many features as a tensor has that those of the input should go with."""
    dims = trouble.layout.dims
    if isinstance(dims[-1], int) and len(dims) > 1 and dims[-1] in (one, other) and one != other:
        yield trouble.instead(*dims[:-1], other if dims[-1] == one else one, dtype=trouble.layout.dtype)


def _by_numbers(trouble: Trouble) -> Iterator[Guess]:
    """Try the numbers in a message: an assertion of the user's often names the size that it wants."""
    message = trouble.failure.message
    if trouble.failure.operands or wanted_rank(message):
        return
    numbers = numbers_in(message)
    for number in numbers if len(numbers) <= _MOST_NUMBERS else ():
        if 1 < number <= _LARGEST_SAID:
            yield trouble.guess.with_size(number)
            if isinstance(trouble.layout.dims[-1], int) and len(trouble.layout.dims) > 1:
                yield trouble.instead(*trouble.layout.dims[:-1], number, dtype=trouble.layout.dtype)


def _by_usual_sides(trouble: Trouble) -> Iterator[Guess]:
    """Try the usual sides of images where an assertion, or an index, does not say which it is."""
    if trouble.layout.dims.count(SIZE) != 2 or trouble.failure.error not in _SILENT:  # noqa: PLR2004 -- an image
        return
    yield from (trouble.guess.with_size(side) for side in SIDES)
