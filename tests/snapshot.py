"""What a capture must leave as it was, written down so that a difference can be read."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, fields, is_dataclass
from functools import partial, singledispatch
from hashlib import sha256
from types import FunctionType, MethodType
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn
from torch.nn.parameter import is_lazy
from torch.overrides import _get_current_function_mode_stack
from torch.utils._python_dispatch import _get_current_dispatch_mode_stack

if TYPE_CHECKING:
    from collections.abc import Iterator

_PLAIN = (type(None), bool, int, float, complex, str, bytes, type, torch.dtype, torch.device, torch.layout)


@dataclass(frozen=True)
class Snapshot:
    """Every object that can be reached from one, by the way that leads there.

    An object is described by its class, its identity and, where it has one, its value.
    """

    found: dict[str, str]
    alive: list[object]
    """Holds on to what was seen: an identity is worth nothing once it can be given to another."""

    @staticmethod
    def of(root: object) -> Snapshot:
        """Return the snapshot of an object: of a model, or of arguments."""
        snapshot, first_way = Snapshot({}, []), dict[int, str]()
        stack = [("", root)]
        while stack:
            way, value = stack.pop()
            if isinstance(value, _PLAIN):
                snapshot.found[way] = repr(value)
            elif id(value) in first_way:
                snapshot.found[way] = f"is {first_way[id(value)]}"
            else:
                first_way[id(value)] = way
                snapshot.alive.append(value)
                snapshot.found[way] = f"{type(value).__qualname__} at {id(value):#x}{_content(value)}"
                stack.extend((f"{way}{step}", part) for step, part in reversed(list(_parts(value))))
        return snapshot

    def changes_since(self, before: Snapshot) -> dict[str, tuple[str | None, str | None]]:
        """Return what was replaced, added, removed, reordered or written to, as it was and as it is."""
        ways = {**before.found, **self.found}
        pairs = {way: (before.found.get(way), self.found.get(way)) for way in ways}
        return {way: (old, new) for way, (old, new) in pairs.items() if old != new}


def fingerprint(tensor: torch.Tensor) -> str:
    """Return dtype, shape and, if it is a real tensor, the hash of its bytes."""
    spec = f"{tensor.dtype} {tuple(tensor.shape)} on {tensor.device}"
    if tensor.device.type == "meta" or not tensor.numel():
        return spec
    raw = tensor.detach().resolve_conj().resolve_neg().contiguous().reshape(-1).view(torch.uint8)
    return f"{spec} {sha256(raw.cpu().numpy().data).hexdigest()}"


def surroundings() -> dict[str, object]:
    """Return the state of what surrounds every model: random numbers, modes, settings, torch's own hooks."""
    kind, keys, *rest = np.random.get_state()  # noqa: NPY002 -- the state that a capture must put back
    return {
        "random": random.getstate(),
        "numpy": (kind, np.asarray(keys).tobytes(), *rest),
        "torch": fingerprint(torch.get_rng_state()),
        "grad mode": torch.is_grad_enabled(),
        "inference mode": torch.is_inference_mode_enabled(),
        "autocast": (torch.is_autocast_enabled("cpu"), torch.is_autocast_cache_enabled()),
        "default dtype": torch.get_default_dtype(),
        "default device": torch.get_default_device(),
        "fast path": torch.backends.mha.get_fastpath_enabled(),
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "function modes": tuple(map(id, _get_current_function_mode_stack())),  # type: ignore[no-untyped-call]
        "dispatch modes": tuple(map(id, _get_current_dispatch_mode_stack())),
        "nn.Module": {name: id(value) for name, value in vars(nn.Module).items()},
        "global hooks": {
            name: {key: id(hook) for key, hook in value.items()}
            for name, value in vars(nn.modules.module).items()
            if name.startswith("_global_") and isinstance(value, dict)
        },
    }


@singledispatch
def _content(_value: object) -> str:
    """Return what an object holds that none of its parts tells."""
    return ""


@_content.register
def _(value: torch.Tensor) -> str:
    content = "uninitialized" if is_lazy(value) else fingerprint(value)
    return f" {content} requires_grad={value.requires_grad} is_leaf={value.is_leaf}"


@_content.register
def _(value: torch.Generator) -> str:
    return f" {fingerprint(value.get_state())}"


@_content.register
def _(value: np.ndarray) -> str:
    return f" {value.dtype} {value.shape} {value.tobytes().hex()}"


@_content.register
def _(value: np.random.Generator) -> str:
    return f" {value.bit_generator.state}"


@_content.register
def _(value: random.Random) -> str:
    return f" {sha256(repr(value.getstate()).encode()).hexdigest()}"


@_content.register(set)
@_content.register(frozenset)
def _(value: set[object] | frozenset[object]) -> str:
    return f" {sorted(map(repr, value))}"


@_content.register
def _(value: dict) -> str:  # type: ignore[type-arg]
    return f" {list(value)!r}"


def _parts(value: object) -> Iterator[tuple[str, object]]:
    """Yield what an object consists of, each part with the step that leads to it."""
    if isinstance(value, dict):
        yield from ((f"[{key!r}]", part) for key, part in value.items())
    if isinstance(value, list | tuple | deque):
        yield from ((f"[{index}]", part) for index, part in enumerate(value))
    if isinstance(value, torch.Tensor) and value.is_leaf and not is_lazy(value):
        yield ".grad", value.grad
    if isinstance(value, FunctionType):
        yield from zip(
            value.__code__.co_freevars, [cell.cell_contents for cell in value.__closure__ or ()], strict=True
        )
    if isinstance(value, MethodType):
        yield ".__self__", value.__self__
    if isinstance(value, partial):
        yield from ((".func", value.func), (".args", value.args), (".keywords", value.keywords))
    elif hasattr(value, "__dict__"):
        yield from ((f".{name}", part) for name, part in vars(value).items())
    elif is_dataclass(value):  # one with slots
        yield from ((f".{field.name}", getattr(value, field.name)) for field in fields(value))
