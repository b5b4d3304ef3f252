"""Which inputs a model is run with: the first source of them that applies."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from visunn_lint.pipeline.inputs.arguments import Arguments, from_spec
from visunn_lint.pipeline.inputs.conventions import declared_inputs
from visunn_lint.pipeline.inputs.inference import infer
from visunn_lint.pipeline.inputs.signature import check, check_names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType

    from torch import nn

    from visunn_lint.pipeline.inputs.trial import Trial
    from visunn_lint.spec import InputSpec


def choose_arguments(
    model: nn.Module,
    run: Callable[[Arguments], Trial],
    *,
    given: InputSpec | None = None,
    kwargs: Mapping[str, Any] | None = None,
    module: ModuleType | None = None,
) -> Arguments:
    """Return what forward is called with: given, else declared by the model, else inferred.

    ``kwargs`` are values that it gets in any case, ``module`` is the one that the model comes
    from. What a library declares for all of its models alike counts if forward accepts it. Raises
    InputError for inputs that do not fit, or that cannot be found.
    """
    check_names(model, kwargs or {})
    if given:
        return from_spec(given, model, kwargs)
    declared = declared_inputs(model, module)
    known = dict(kwargs or {})
    if declared is not None:
        arguments = replace(declared.arguments, kwargs={**declared.arguments.kwargs, **known})
        if not declared.is_default:
            check(model, arguments.args, arguments.kwargs)
            return arguments
        if run(arguments).failure is None:
            return arguments
    return infer(model, run, known)
