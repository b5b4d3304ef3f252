"""Runs torch's own ``graph()`` on a model that stays as it is, and listens to what it traces."""

from __future__ import annotations

import copy
from contextlib import ExitStack, contextmanager, redirect_stdout
from inspect import Parameter, signature
from io import StringIO
from typing import TYPE_CHECKING, Any

import torch
from torch.utils.tensorboard import _pytorch_graph

from visunn_lint.errors import STOPS, InputError, VisunnError
from visunn_lint.pipeline.engines.native.snapshot import preserved
from visunn_lint.pipeline.engines.native.standins import too_large
from visunn_lint.pipeline.engines.native.structure import map_leaves
from visunn_lint.pipeline.engines.native.surroundings import UNFUSED, WITHOUT_WARNINGS, same_surroundings
from visunn_lint.pipeline.engines.native.wrapping import eager, without_compiler

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor, nn

    from visunn_lint.pipeline.engines.engine import Request

_BY_NAME = frozenset({Parameter.KEYWORD_ONLY, Parameter.VAR_KEYWORD})
_INSTEAD = "the native engine takes this model: leave --engine out, or write --engine native"


def traced(request: Request) -> torch.Graph:
    """Return the inlined TorchScript graph that torch's ``graph()`` makes of a run of forward.

    The model keeps its modes, attributes and values, and nothing is printed. Raises VisunnError
    where torch cannot trace it.
    """
    model = _with_values(request)
    args = map_leaves(_positional(model, request), _real_copy)
    with ExitStack() as stack:
        for context in (
            same_surroundings(),
            preserved(model),
            _values_kept(model),
            UNFUSED,
            eager(),
            WITHOUT_WARNINGS,
            redirect_stdout(StringIO()),
            torch.no_grad(),
        ):
            stack.enter_context(context)
        model.train(request.mode == "train")
        heard = stack.enter_context(_listening())
        try:
            with _modes_kept(model):
                _pytorch_graph.graph(model, args)  # type: ignore[no-untyped-call]
        except STOPS:
            raise
        except BaseException as error:
            reason = next(iter(str(error).strip().splitlines()), "") or type(error).__name__
            message = f"torch's tracer cannot capture {type(model).__name__}: {reason}"
            raise VisunnError(message, hint=_INSTEAD) from error
    return heard[0]


def _positional(model: nn.Module, request: Request) -> tuple[Any, ...]:
    """Return the arguments in the order of the signature: torch's ``graph()`` takes no others."""
    if not request.kwargs:
        return request.args
    try:
        bound = signature(model.forward).bind(*request.args, **request.kwargs)
    except (TypeError, ValueError) as error:
        message = f"the arguments do not fit the forward of {type(model).__name__}: {error}"
        raise InputError(message) from error
    parameters = bound.signature.parameters
    if any(parameters[name].kind in _BY_NAME for name in bound.arguments):
        message = "torch's tracer takes arguments by position only"
        raise VisunnError(message, hint=_INSTEAD)
    if bound.kwargs:  # an argument in between was left out
        bound.apply_defaults()
    return bound.args


def _with_values(request: Request) -> nn.Module:
    """Return the model itself if its weights have values, else one that has some: tracing computes."""
    model = without_compiler(request.model)
    if not any(tensor.is_meta for tensor in _tensors(model)):
        return model
    if request.rebuild is not None:
        return without_compiler(request.rebuild())
    filled = copy.deepcopy(model).to_empty(device="cpu")
    for tensor in _tensors(filled):
        tensor.detach().zero_()
    return filled


def _tensors(model: nn.Module) -> list[Tensor]:
    return [*model.parameters(), *model.buffers()]


def _real_copy(tensor: Tensor) -> Tensor:
    """Return a copy that forward may write to; zeros for what has no values, InputError where these do not fit."""
    if not tensor.is_meta:
        return tensor.detach().clone()
    try:
        return torch.zeros_like(tensor, device="cpu")
    except RuntimeError as error:
        raise too_large(tensor.nbytes) from error


@contextmanager
def _values_kept(model: nn.Module) -> Iterator[None]:
    """Put back the parameters and buffers that forward writes to, such as a norm's running statistics."""
    saved = [(tensor, tensor.detach().clone()) for tensor in _tensors(model)]
    try:
        yield
    finally:
        for tensor, values in saved:
            if not torch.equal(tensor, values):
                tensor.detach().copy_(values)


@contextmanager
def _modes_kept(model: nn.Module) -> Iterator[None]:
    """Keep ``graph()`` from switching the model to eval, and from losing the modes of its parts after."""
    model.__dict__["train"] = lambda _mode=True: model
    try:
        yield
    finally:
        del model.__dict__["train"]


@contextmanager
def _listening() -> Iterator[list[torch.Graph]]:
    """Collect the graphs that ``graph()`` hands to its own parser.

    That one writes neither dtypes nor lines, and of a module in a ModuleList only the last part of
    its path.
    """
    heard: list[torch.Graph] = []
    parse = _pytorch_graph.parse

    def listen(graph: torch.Graph, *rest: Any, **options: Any) -> Any:  # noqa: ANN401 -- torch's own, untyped
        heard.append(graph)
        return parse(graph, *rest, **options)  # type: ignore[no-untyped-call]

    _pytorch_graph.parse = listen
    try:
        yield heard
    finally:
        _pytorch_graph.parse = parse
