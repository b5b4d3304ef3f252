"""What is known of a tensor without its values, and how inputs are spelled."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence  # noqa: TC003 -- read at run time where specs are decoded
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from math import prod
from typing import TypeAlias

from visunn_lint.errors import InputError
from visunn_lint.text import quoted, whole_number

Plain: TypeAlias = bool | int | float | str | tuple[object, ...] | None
"""A value that survives JSON: hyperparameters and the non-tensor arguments of an op.

The items of a tuple are Plain too; a recursive alias cannot be decoded against.
"""


def to_plain(value: object) -> object:
    """Return a JSON value with its lists as tuples, as ``Plain`` has them."""
    return tuple(map(to_plain, value)) if isinstance(value, list | tuple) else value


_ITEM_SIZES = {
    "bool": 1, "uint8": 1, "int8": 1, "qint8": 1, "quint8": 1,
    "int16": 2, "uint16": 2, "float16": 2, "bfloat16": 2,
    "int32": 4, "uint32": 4, "float32": 4, "qint32": 4, "complex32": 4,
    "int64": 8, "uint64": 8, "float64": 8, "complex64": 8, "complex128": 16,
}  # fmt: skip


UNKNOWN_DTYPE = "unknown"
"""What stands for the dtype of a tensor in a graph that holds shapes alone, as those do that torch logs."""


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """Shape, dtype and device of a tensor in the captured run.

    ``shape`` holds the ints of that run; ``batch_dims`` says which of its axes follow the
    batch size. ``dtype`` is torch's name without the prefix (``float32``). ``device`` is the
    device that the model asked for, whatever the capture ran on.
    """

    shape: tuple[int, ...]
    dtype: str
    device: str = "cpu"
    batch_dims: tuple[int, ...] = ()

    @property
    def numel(self) -> int:
        """The number of elements."""
        return prod(self.shape)

    @property
    def nbytes(self) -> int:
        """The size in bytes; dtypes of less than a byte count as one."""
        return self.numel * _ITEM_SIZES.get(self.dtype, 1)

    @property
    def is_floating(self) -> bool:
        """Whether gradients can flow through it."""
        return self.dtype.startswith(("float", "bfloat", "complex"))

    def __str__(self) -> str:
        """Return ``float32[2,64,112,112]``, with ``@cuda:0`` behind it when not on the CPU."""
        where = "" if self.device == "cpu" else f"@{self.device}"
        return f"{self.dtype}[{','.join(map(str, self.shape))}]{where}"

    @staticmethod
    def parse(text: str) -> TensorSpec:
        """Return the spec that ``str(spec)`` wrote; raises ValueError for anything else."""
        return _parse_spec(text)


_SPEC = re.compile(r"(\w+)\[((?:-?\d+(?:,-?\d+)*)?)\](?:@(\S+))?")


@lru_cache(maxsize=65536)
def _parse_spec(text: str) -> TensorSpec:
    match = _SPEC.fullmatch(text)
    if match is None:
        msg = f"not a tensor spec: {text[:80]!r}"
        raise ValueError(msg)
    dtype, dims, device = match.groups()
    return TensorSpec(tuple(int(dim) for dim in dims.split(",")) if dims else (), dtype, device or "cpu")


@dataclass(frozen=True, slots=True)
class TensorInput:
    """One tensor to be made for ``forward``: ``b`` in ``dims`` declares the batch axis.

    ``dtype`` None means: whatever the model's parameters have, or int64 for indices.
    """

    dims: tuple[int | str, ...]
    dtype: str | None = None

    @property
    def batch_axis(self) -> int | None:
        """The axis declared as the batch, if any."""
        return self.dims.index("b") if "b" in self.dims else None

    def shape(self, batch: int) -> tuple[int, ...]:
        """Return the dims with ``batch`` put in for ``b``."""
        return tuple(batch if isinstance(dim, str) else dim for dim in self.dims)

    def __str__(self) -> str:
        """Return the spelling that ``--input`` takes."""
        separator = " x " if "b" in self.dims else "x"
        dims = separator.join(map(str, self.dims)) or "scalar"
        return f"{dims}:{self.dtype}" if self.dtype else dims

    @staticmethod
    def parse(text: str) -> TensorInput:
        """Return what ``2x3x224x224``, ``b x 3 x 32 x 32`` or ``2x16:int64`` says.

        Raises InputError for anything else.
        """
        shape, _, dtype = (part.strip() for part in text.strip().lower().partition(":"))
        if dtype and dtype not in _ITEM_SIZES:
            raise _bad_dtype(text, dtype)
        if shape == "scalar":
            return TensorInput((), dtype or None)
        dims: list[int | str] = []
        for part in re.split(r"\s*[x×]\s*", shape):
            dim: int | str | None = "b" if part == "b" else whole_number(part)
            if dim is None:
                raise _bad_input(text)
            dims.append(dim)
        if dims.count("b") > 1:
            raise _bad_input(text)
        return TensorInput(tuple(dims), dtype or None)


def _bad_input(text: str) -> InputError:
    return InputError(
        f"cannot read the input {text!r}",
        hint="write it like 2x3x224x224, b x 3 x 32 x 32 (b is the batch), 2x16:int64 or name=2x16:int64",
    )


def _no_spec(value: object) -> InputError:
    return InputError(
        f"a {type(value).__name__} does not describe an input",
        hint="write it like 2x3x224x224, or 'a text'; values are given as args and kwargs, or as example_inputs of the "
        "model's class",
    )


def _bad_dtype(text: str, dtype: str) -> InputError:
    close = get_close_matches(dtype, _ITEM_SIZES, n=1)
    hint = f"did you mean {close[0]}?" if close else "dtypes are written as torch has them: float32, int64, bool"
    return InputError(f"cannot read the input {text!r}: there is no dtype {dtype!r}", hint=hint)


InputValue: TypeAlias = "TensorInput | Plain | list[InputValue] | dict[str, InputValue]"
"""One argument: a tensor to be made, a container of them, or a plain value passed through."""


@dataclass(frozen=True, slots=True)
class InputSpec:
    """The arguments of ``forward``, by position and by name; holds no tensors and needs no torch."""

    args: tuple[InputValue, ...] = ()
    kwargs: Mapping[str, InputValue] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Return whether it gives any argument at all."""
        return bool(self.args or self.kwargs)

    @property
    def tensors(self) -> tuple[TensorInput, ...]:
        """Every tensor in it, depth first, positional arguments before named ones."""
        return tuple(_tensors([*self.args, *self.kwargs.values()]))

    def with_tensors(self, change: Callable[[TensorInput], TensorInput]) -> InputSpec:
        """Return a copy with every tensor in it changed."""
        args = tuple(_changed(value, change) for value in self.args)
        return InputSpec(args, {name: _changed(value, change) for name, value in self.kwargs.items()})

    @property
    def declares_batch(self) -> bool:
        """Whether some tensor names its batch axis."""
        return any(tensor.batch_axis is not None for tensor in self.tensors)

    def __str__(self) -> str:
        """Return the arguments as they are given to ``--input``, one behind the other."""
        named = (f"{name}={_spell(value)}" for name, value in self.kwargs.items())
        return ", ".join([*map(_spell, self.args), *named])

    @staticmethod
    def parse(value: object) -> InputSpec:
        """Return the spec that any accepted spelling stands for.

        A string holds arguments separated by commas (``"2x3x32x32, mask=2x16:int64, scale=0.5, how='sum'"``), each
        of which may be a list or a dict of others (``"[2x8, 2x8], {boxes: 1x4}"``). A tuple of ints is
        one shape, a list one positional argument an item, a dict one named argument an item. Raises
        InputError for what cannot be read.
        """
        if isinstance(value, InputSpec):
            return value
        if isinstance(value, dict):
            return InputSpec(kwargs={str(name): _value(item) for name, item in value.items()})
        if isinstance(value, str):
            return InputSpec.parse_all(split_arguments(value))
        if _is_shape(value):
            return InputSpec.parse_all([value])
        if isinstance(value, list | tuple):
            return InputSpec.parse_all(value)
        raise _no_spec(value)

    @staticmethod
    def parse_all(values: Sequence[object]) -> InputSpec:
        """Return the spec of a sequence of arguments, ``name=`` in a string makes one named."""
        args: list[InputValue] = []
        kwargs: dict[str, InputValue] = {}
        for value in values:
            name, is_named, spelling = value.partition("=") if isinstance(value, str) else ("", "", "")
            if is_named and name.strip().isidentifier():
                kwargs[name.strip()] = _value(spelling)
            else:
                args.append(_value(value))
        return InputSpec(tuple(args), kwargs)


def split_arguments(text: str) -> list[str]:
    """Return the arguments in a text: its parts between commas, but for those within brackets or quotes."""
    parts, depth, quote = [""], 0, ""
    for character in text:
        if quote or character in _QUOTES:
            quote = character if not quote else "" if character == quote else quote
        else:
            depth += (character in "[{") - (character in "]}")
        if character == "," and depth == 0 and not quote:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def _is_shape(value: object) -> bool:
    return isinstance(value, tuple) and bool(value) and all(type(dim) is int or dim == "b" for dim in value)


_QUOTES = frozenset("'\"")
_LITERALS: dict[str, Plain] = {"none": None, "true": True, "false": False}
_DECIMAL = re.compile(r"[+-]?(\d+\.\d*|\.\d+|\d+(?=e))(e[+-]?\d+)?", re.IGNORECASE)
"""A number that can be no shape."""


def _value(value: object) -> InputValue:
    if isinstance(value, str):
        return _read(value.strip())
    if value is None or isinstance(value, bool | int | float | TensorInput):
        return value
    if isinstance(value, tuple) and _is_shape(value):
        return TensorInput(value)
    if isinstance(value, dict):
        return {str(name): _value(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_value(item) for item in value]
    raise _no_spec(value)


def _read(text: str) -> InputValue:
    """Return what one argument says: a text in quotes, a literal, a list, a dict, a number, or a tensor."""
    if text[:1] in _QUOTES and text[-1:] == text[:1] and len(text) > 1:
        return text[1:-1]
    inside = [part.strip() for part in split_arguments(text[1:-1]) if part.strip()]
    if text[:1] == "[" and text[-1:] == "]":
        return [_read(part) for part in inside]
    if text[:1] == "{" and text[-1:] == "}":
        named = [part.partition(":") for part in inside]
        return {name.strip(): _read(value.strip()) for name, _, value in named}
    if text.lower() in _LITERALS:
        return _LITERALS[text.lower()]
    return float(text) if _DECIMAL.fullmatch(text) else TensorInput.parse(text)


def _tensors(values: list[InputValue]) -> list[TensorInput]:
    found: list[TensorInput] = []
    for value in values:
        if isinstance(value, TensorInput):
            found.append(value)
        elif isinstance(value, dict):
            found.extend(_tensors(list(value.values())))
        elif isinstance(value, list):
            found.extend(_tensors(value))
    return found


def _changed(value: InputValue, change: Callable[[TensorInput], TensorInput]) -> InputValue:
    if isinstance(value, TensorInput):
        return change(value)
    if isinstance(value, dict):
        return {name: _changed(item, change) for name, item in value.items()}
    return [_changed(item, change) for item in value] if isinstance(value, list) else value


def _spell(value: InputValue) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_spell(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_spell, value)) + "]"
    return quoted(value) if isinstance(value, str) else str(value)
