"""The assertions of the fixture that run a model more than once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from visunn_lint.errors import InputError, VisunnError
from visunn_lint.testing.briefly import brief, brief_cause

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import nn


class Behaviours:
    """Assertions on a model in memory; the functions are those of ``visunn_lint.behaviour``."""

    def assert_batch_independent_shapes(
        self, model: nn.Module, *, inputs: object = None, kwargs: Mapping[str, Any] | None = None
    ) -> None:
        """Fail unless the model runs at two batch sizes, and each dim stays the same or grows with the batch."""
        __tracebackhide__ = True
        from visunn_lint.behaviour import assert_batch_independent_shapes  # noqa: PLC0415 -- imports torch

        _run(assert_batch_independent_shapes, model, inputs=inputs, kwargs=kwargs)

    def assert_train_eval_same(
        self,
        model: nn.Module,
        args: tuple[Any, ...] | None = None,
        kwargs: Mapping[str, Any] | None = None,
        *,
        inputs: object = None,
    ) -> None:
        """Fail unless train and eval call the same modules and run the same ops, with the same shapes."""
        __tracebackhide__ = True
        from visunn_lint.behaviour import assert_train_eval_same  # noqa: PLC0415 -- imports torch

        _run(assert_train_eval_same, model, args, kwargs, inputs=inputs)

    def assert_causal(
        self,
        model: nn.Module,
        args: tuple[Any, ...] | None = None,
        kwargs: Mapping[str, Any] | None = None,
        *,
        inputs: object = None,
        axis: int = 1,
    ) -> None:
        """Fail if an output at one position of a sequence changes with the input at a later one."""
        __tracebackhide__ = True
        from visunn_lint.behaviour import assert_causal  # noqa: PLC0415 -- imports torch

        _run(assert_causal, model, args, kwargs, inputs=inputs, axis=axis)

    def assert_gradients_reach(
        self,
        model: nn.Module,
        args: tuple[Any, ...] | None = None,
        kwargs: Mapping[str, Any] | None = None,
        *,
        inputs: object = None,
    ) -> None:
        """Fail unless the outputs have a gradient for every parameter that requires one."""
        __tracebackhide__ = True
        from visunn_lint.behaviour import assert_gradients_reach  # noqa: PLC0415 -- imports torch

        _run(assert_gradients_reach, model, args, kwargs, inputs=inputs)


def _run(assertion: Callable[..., None], model: nn.Module, *args: object, **kwargs: object) -> None:
    __tracebackhide__ = True
    try:
        if isinstance(model, str):
            message = f"{assertion.__name__} runs a model, and {model!r} is only the name of one"
            raise InputError(message, hint="build the model in the test")
        assertion(model, *args, **kwargs)
    except VisunnError as error:
        raise brief(error) from brief_cause(error)
