"""Calls of torch's own layers: those that are set up alike make the same op of their input, or the same few.

Such a call is run once. From then on its ops are recorded without the way to them, which is longer than the
recording: the call, ``forward``, torch's dispatch. What an op makes is told as for any other, or it is run.
"""

from __future__ import annotations

import marshal
from functools import lru_cache
from inspect import isfunction
from operator import attrgetter, itemgetter
from os import sep
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, cast

import torch
from torch import nn
from torch.nn import functional
from torch.nn.modules import module as torchs_module

from visunn_lint.pipeline.engines.native.foresight import is_plain_moment
from visunn_lint.pipeline.engines.native.module_calls import ORIGINAL_CALL, has_own_forward
from visunn_lint.pipeline.engines.native.plans import is_told_apart, plan_of
from visunn_lint.pipeline.engines.native.running import unrecorded
from visunn_lint.pipeline.engines.native.specs.memory import MEMORY, SpecMismatchError, is_checking
from visunn_lint.pipeline.engines.native.structure import PLAIN_TENSORS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import Tensor

    from visunn_lint.pipeline.calling import Args, Function, Kwargs, Value
    from visunn_lint.pipeline.engines.native.recorder import Recorder
    from visunn_lint.pipeline.engines.native.specs.memory import Key

_LAYERS: Final = frozenset({
    nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.LayerNorm,
    nn.GroupNorm, nn.ReLU, nn.ReLU6, nn.SiLU, nn.GELU, nn.Mish, nn.SELU, nn.ELU, nn.CELU, nn.LeakyReLU, nn.Hardtanh,
    nn.Hardswish, nn.Hardsigmoid, nn.Sigmoid, nn.Tanh, nn.Softmax, nn.LogSoftmax, nn.MaxPool1d, nn.MaxPool2d,
    nn.MaxPool3d, nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d, nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d,
    nn.AdaptiveAvgPool3d, nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d,
})  # fmt: skip
"""Layers whose way from input to op is decided by their attributes and by the rank of the input, by nothing else."""

_TORCH: Final = f"{Path(torch.__file__).parent}{sep}"
_OF_EVERY_MODULE: Final = frozenset({*nn.Module().__dict__, "forward"})
_EMPTY: Final = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks", "_modules")
_HOOKS_OF_ALL: Final[tuple[Mapping[int, object], ...]] = (
    torchs_module._global_forward_hooks,  # noqa: SLF001 -- as Module.__call__ asks
    torchs_module._global_forward_pre_hooks,  # noqa: SLF001 -- likewise
    torchs_module._global_backward_hooks,  # noqa: SLF001 -- likewise
    torchs_module._global_backward_pre_hooks,  # noqa: SLF001 -- likewise
)
_STORED: Final = PLAIN_TENSORS | {type(None)}
_SIZES: Final = frozenset({"in_features", "out_features", "in_channels", "out_channels", "num_features"})
"""What a layer notes of its weights and does not read again: their shapes are what counts."""


class Layers:
    """Runs the calls of torch's layers for a recorder, as far as possible without running them."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._checks = is_checking()

    def call(self, module: nn.Module, run: Function, args: Args, kwargs: Kwargs) -> Value:
        """Return the result of a module's call; ``run`` is the method that it goes through."""
        if type(module) not in _LAYERS or run is not ORIGINAL_CALL or kwargs or len(args) != 1:
            return run(module, *args, **kwargs)
        with unrecorded():
            key = self._key(module, args[0])
            plan = None if key is None or self._checks else MEMORY.plans.get(key)
            if plan is not None:
                return self._recorder.follow(plan, module, args[0])
        if key is None or (key in MEMORY.plans and not self._checks):
            return run(module, *args)
        return self._watched(key, module, run, args[0])

    def _key(self, layer: nn.Module, x: Value) -> Key | None:
        """Return what decides the op of a layer's call; None if anything about it is out of the ordinary."""
        held, cls = layer.__dict__, type(layer)
        way = _way(cast("type", cls), cls.forward, tuple(held))
        if way is None or type(x) is not torch.Tensor or any(way.empty(held)) or has_own_forward(layer):
            return None
        try:
            functions = way.functions(cls)
            settings = marshal.dumps(way.settings(held), 2)  # of plain values alone; True, 1 and 1.0 differ in it
        except (KeyError, ValueError):
            return None
        stored = {**held["_parameters"], **held["_buffers"]}
        kinds = tuple(map(type, stored.values()))
        if not _are_torchs(functions) or not self._is_plain_moment() or not _STORED.issuperset(kinds):
            return None
        return functions, settings, len(held["_parameters"]), tuple(stored), kinds, x.dim()

    def _is_plain_moment(self) -> bool:
        recorder = self._recorder
        return (
            is_plain_moment(function_modes=1)
            and torch._C._get_function_stack_at(0) is recorder  # noqa: SLF001 -- modes have no public question
            and torch._C._get_tracing_state() is None  # noqa: SLF001 -- as Module.__call__ asks
            and not recorder.initialising
            and not any(_HOOKS_OF_ALL)
        )

    def _watched(self, key: Key, layer: nn.Module, run: Function, x: Tensor) -> Value:
        """Run a call, and learn from it or compare it with what is known."""
        with self._recorder.watching() as seen:
            result = run(layer, x)
        with unrecorded():
            if not is_told_apart(layer, x):
                return result
            made = plan_of(seen, layer, x, result)
        known = MEMORY.keep_plan(key, made)
        if known != made:
            message = f"a {type(layer).__name__} calls {made}, foreseen was {known}"
            raise SpecMismatchError(message)
        return result


class _Way(NamedTuple):
    """What a layer reads on the way from its call to its op."""

    methods: Callable[[type], Value]
    called: tuple[tuple[Callable[[Kwargs], Value], Kwargs], ...]
    settings: Callable[[Kwargs], Value]
    empty: Callable[[Kwargs], Args]

    def functions(self, cls: type) -> tuple[Value, ...]:
        """Return the functions on the way, as they are now: people replace them."""
        return self.methods(cls), *[get(home) for get, home in self.called]


@lru_cache(maxsize=4096)
def _way(cls: type, forward: Function, attributes: tuple[str, ...]) -> _Way | None:
    """Return what layers with such attributes read; None where ``forward`` is in C, or calls nothing of torch's."""
    if not isfunction(forward) or not set(_EMPTY).issubset(attributes):
        return None
    methods, read = ["forward"], set[str]()
    for method in methods:  # it grows by the methods that these call
        names = getattr(cls, method).__code__.co_names
        read.update(names)
        methods += [name for name in names if name not in methods and isfunction(getattr(cls, name, None))]
    own = [name for name in attributes if name not in _OF_EVERY_MODULE and (name in read or name not in _SIZES)]
    homes = [functional.__dict__, *([torch.__dict__] if "torch" in read else [])]
    names = [sorted(name for name in read if callable(home.get(name))) for home in homes]
    called = tuple((itemgetter(*found), home) for found, home in zip(names, homes, strict=True) if found)
    return _Way(attrgetter(*methods), called, itemgetter("training", *own), itemgetter(*_EMPTY)) if called else None


@lru_cache(maxsize=4096)
def _are_torchs(functions: Value) -> bool:
    """Return whether functions are torch's own: such as do nothing but what they are known for."""
    if isinstance(functions, tuple):
        return all(map(_are_torchs, functions))
    function = functions
    return (
        function.__code__.co_filename.startswith(_TORCH)
        if isfunction(function)
        else (getattr(function, "__module__", None) or "torch").partition(".")[0] == "torch"
    )
