"""Calls of torch's own layers: those that are set up alike make the same op of their input, or the same few.

Such a call is run once. From then on its ops are recorded without the way to them, which is longer than the
recording: the call, ``forward``, torch's dispatch. What an op makes is told as for any other, or it is run.
"""

from __future__ import annotations

import marshal
from functools import lru_cache
from inspect import isfunction
from operator import attrgetter, is_
from os import sep
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
import torch
from torch import nn
from torch.nn import functional
from torch.nn.modules import module as torchs_module

from visunn_lint.pipeline.engines.native.attributes import OF_EVERY_MODULE, getter
from visunn_lint.pipeline.engines.native.foresight import is_plain_moment
from visunn_lint.pipeline.engines.native.module_calls import ORIGINAL_CALL, Forward
from visunn_lint.pipeline.engines.native.plans import FirstCall, is_told_apart
from visunn_lint.pipeline.engines.native.running import unrecorded
from visunn_lint.pipeline.engines.native.specs.memory import MEMORY, SpecMismatchError, is_checking
from visunn_lint.pipeline.engines.native.structure import USUALLY_STORED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import Tensor

    from visunn_lint.pipeline.calling import Args, Function, Kwargs, Value
    from visunn_lint.pipeline.engines.native.attributes import Values
    from visunn_lint.pipeline.engines.native.plans import Plan
    from visunn_lint.pipeline.engines.native.recorder import Recorder
    from visunn_lint.pipeline.engines.native.specs.memory import Key

    _Called = tuple[tuple[Callable[[Mapping[str, Value]], Values], Kwargs], ...]

_LAYERS: Final = frozenset({
    nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.LayerNorm,
    nn.GroupNorm, nn.ReLU, nn.ReLU6, nn.SiLU, nn.GELU, nn.Mish, nn.SELU, nn.ELU, nn.CELU, nn.LeakyReLU, nn.Hardtanh,
    nn.Hardswish, nn.Hardsigmoid, nn.Sigmoid, nn.Tanh, nn.Softmax, nn.LogSoftmax, nn.MaxPool1d, nn.MaxPool2d,
    nn.MaxPool3d, nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d, nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d,
    nn.AdaptiveAvgPool3d, nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d,
})  # fmt: skip
"""Layers whose way from input to op is decided by their attributes and by the rank of the input, by nothing else."""
_CONVOLUTIONS: Final = frozenset({nn.Conv1d, nn.Conv2d, nn.Conv3d})

_TORCH: Final = f"{Path(torch.__file__).parent}{sep}"
_READ: Final = (
    "_parameters", "_buffers", "_modules", "_forward_hooks", "_forward_pre_hooks", "_backward_hooks",
    "_backward_pre_hooks", "training",
)  # fmt: skip
"""What is read of every layer, before its own attributes."""
_EMPTY: Final = slice(2, 7)
"""Those that hold nothing where a call does what ``forward`` does."""
_HOOKS_OF_ALL: Final[tuple[Mapping[int, object], ...]] = (
    torchs_module._global_forward_hooks,  # noqa: SLF001 -- as Module.__call__ asks
    torchs_module._global_forward_pre_hooks,  # noqa: SLF001 -- likewise
    torchs_module._global_backward_hooks,  # noqa: SLF001 -- likewise
    torchs_module._global_backward_pre_hooks,  # noqa: SLF001 -- likewise
)
_SIZES: Final = frozenset({"in_features", "out_features", "in_channels", "out_channels", "num_features"})
"""What a layer notes of its weights and does not read again: their shapes are what counts."""
_PADDED: Final = "padding_mode"
_CONVOLVING: Final = ("stride", "padding", "dilation", "groups")
_OF_PADDING: Final = frozenset({"kernel_size", "_reversed_padding_repeated_twice"})
"""What a convolution reads only to pad its input by itself."""


class Setting(msgspec.Struct, frozen=True, eq=False):
    """How a layer is set up: ``key`` decides which ops it makes, ``handed`` spells what it hands on to them."""

    key: Key
    handed: bytes


class Layers:
    """Runs the calls of torch's layers for a recorder, as far as possible without running them."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._checks = is_checking()

    def setting(self, layer: nn.Module, run: Function, args: Args, kwargs: Kwargs) -> Setting | None:
        """Return what decides the ops of a layer's call; None for any other call, and for one out of the ordinary.

        ``run`` is the method that the call goes through.
        """
        if type(layer) not in _LAYERS or run is not ORIGINAL_CALL or kwargs or len(args) != 1:
            return None
        return self._setting(layer, args[0])

    def plan(self, setting: Setting) -> Plan | None:
        """Return the plan of a call; None if there is none so far, or if it is to be compared with a run."""
        return None if self._checks else MEMORY.plans.get(setting.key)

    def run(self, setting: Setting | None, layer: nn.Module, run: Function, args: Args, kwargs: Kwargs) -> Value:
        """Run a call that cannot be followed, and learn from it if it is the first of its setting."""
        if setting is None or (setting.key in MEMORY.plans and not self._checks):
            return run(layer, *args, **kwargs)
        return self._watched(setting, layer, run, args[0])

    def _setting(self, layer: nn.Module, x: Value) -> Setting | None:
        held = layer.__dict__
        cls: type = type(layer)
        way = _way(cls, cls.forward, tuple(held))  # type: ignore[attr-defined]  # the class of a module has it
        has_own_forward = "forward" in held and type(held["forward"]) is not Forward
        if way is None or type(x) is not torch.Tensor or has_own_forward:
            return None
        values = way.get(held)
        token = None if any(values[_EMPTY]) else way.token(cls)
        if token is None or not self._is_plain_moment() or held.get(_PADDED, "zeros") != "zeros":
            return None
        try:
            settings = marshal.dumps(values[way.settings], 2)  # of plain values alone; True, 1 and 1.0 differ in it
            handed = marshal.dumps(values[way.handed], 2)
        except ValueError:
            return None
        if not _are_sizes(handed):
            return None
        parameters, buffers = values[0], values[1]
        kinds = (*map(type, parameters.values()), *map(type, buffers.values()))
        return Setting((token, settings, len(parameters), *parameters, *buffers, kinds, x.dim()), handed)

    def _is_plain_moment(self) -> bool:
        recorder = self._recorder
        return (
            is_plain_moment(function_modes=1)
            and _function_mode_at(0) is recorder
            and _tracing_state() is None
            and not recorder.initialising
            and not any(_HOOKS_OF_ALL)
        )

    def _watched(self, setting: Setting, layer: nn.Module, run: Function, x: Tensor) -> Value:
        """Run a call, and learn from it or compare it with what is known."""
        with unrecorded():
            is_ordinary = _holds_plain_tensors(layer) and is_told_apart(layer, x)
        if not is_ordinary:
            return run(layer, x)
        first = FirstCall(layer, x, setting.handed, _handed_on(type(layer)))
        with self._recorder.watching(first):
            result = run(layer, x)
        made = first.plan(result)
        known = MEMORY.keep_plan(setting.key, made)
        if known != made:
            message = f"a {type(layer).__name__} calls {made}, foreseen was {known}"
            raise SpecMismatchError(message)
        return result


def _holds_plain_tensors(layer: nn.Module) -> bool:
    """Return whether a layer's tensors are of torch's own classes: their kinds are part of what a plan is kept by."""
    held = layer.__dict__
    return USUALLY_STORED.issuperset(map(type, (*held["_parameters"].values(), *held["_buffers"].values())))


_function_mode_at: Final = torch._C._get_function_stack_at  # noqa: SLF001 -- modes have no public question
_tracing_state: Final = torch._C._get_tracing_state  # noqa: SLF001 -- as Module.__call__ asks


@lru_cache(maxsize=4096)
def _are_sizes(handed: bytes) -> bool:
    """Return whether what a layer hands on is ints, tuples of ints or words: others are for torch to judge."""
    values = marshal.loads(handed)  # noqa: S302 -- written just before
    return all(
        type(value) in {int, str} or (type(value) is tuple and set(map(type, value)) == {int}) for value in values
    )


def _handed_on(cls: type) -> tuple[str, ...]:
    """Return the attributes that a layer hands on to its op as its last arguments, whatever they are."""
    return _CONVOLVING if cls in _CONVOLUTIONS else ()


class _Way:
    """What a layer reads on the way from its call to its op.

    ``get`` gets the values of what it reads, of which ``settings`` and ``handed`` are a part each.
    """

    def __init__(self, methods: tuple[str, ...], called: _Called, settings: list[str], handed: tuple[str, ...]) -> None:
        get = attrgetter(*methods)
        self._methods: Callable[[type], Values] = get if len(methods) > 1 else lambda cls: (get(cls),)
        self._called = called
        self.get = getter((*_READ, *settings, *handed))
        last = len(_READ) + len(settings)
        self.settings, self.handed = slice(_EMPTY.stop, last), slice(last, None)
        self._last: tuple[list[Value], object] = ([], None)

    def token(self, cls: type) -> object:
        """Return what stands for the functions on the way as they are now, people replace them; None if not torch's."""
        functions = list(self._methods(cls))
        for get, home in self._called:
            functions += get(home)
        known, token = self._last
        if len(functions) != len(known) or not all(map(is_, functions, known)):
            token = _token(functions)
            self._last = (functions, token)  # in one go: captures run on several threads
        return token


@lru_cache(maxsize=4096)
def _way(cls: type, forward: Function, attributes: tuple[str, ...]) -> _Way | None:
    """Return what layers with such attributes read; None where ``forward`` is in C, or calls nothing of torch's."""
    if not isfunction(forward) or not OF_EVERY_MODULE.issubset(attributes):
        return None
    methods, read = ["forward"], set[str]()
    for method in methods:  # it grows by the methods that these call
        names = getattr(cls, method).__code__.co_names
        read.update(names)
        methods += [name for name in names if name not in methods and isfunction(getattr(cls, name, None))]
    homes = [functional.__dict__, *([torch.__dict__] if "torch" in read else [])]
    names = [sorted(name for name in read if callable(home.get(name))) for home in homes]
    called = tuple((getter(tuple(found)), home) for found, home in zip(names, homes, strict=True) if found)
    handed = _handed_on(cls)
    unread = {*handed, *_OF_PADDING} if handed else set[str]()
    own = [name for name in attributes if name not in OF_EVERY_MODULE and name != "forward" and name not in unread]
    settings = [name for name in own if name in read or name not in _SIZES]
    is_whole = called and set(handed).issubset(attributes)
    return _Way(tuple(methods), called, settings, handed) if is_whole else None


def _token(functions: list[Value]) -> object:
    """Return what stands for some functions; None if not all of them are torch's."""
    key = tuple(map(id, functions))  # what replaces one may say that it equals it, or have no hash
    known = _tokens.get(key)
    if known is None:
        if len(_tokens) >= _MOST_TOKENS:
            _tokens.clear()
        known = _tokens[key] = (functions, object() if all(map(_is_torchs, functions)) else None)
    return known[1]


_MOST_TOKENS: Final = 1 << 12
_tokens: Final[dict[tuple[int, ...], tuple[list[Value], object]]] = {}
"""What stands for functions by their identities, with the functions themselves, so that no other gets one of these."""


def _is_torchs(function: Value) -> bool:
    """Return whether a function is torch's own: such as does nothing but what it is known for."""
    return (
        function.__code__.co_filename.startswith(_TORCH)
        if isfunction(function)
        else (getattr(function, "__module__", None) or "torch").partition(".")[0] == "torch"
    )
