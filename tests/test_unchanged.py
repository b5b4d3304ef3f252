"""A model is left exactly as found by ``trace`` and ``check``, whatever its forward does."""

from __future__ import annotations

import random
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import pytest
import torch
from torch import nn

import visunn_lint
from tests.models.recycled import RECYCLED
from tests.models.reparametrized import REPARAMETRIZED
from tests.models.seed import SEED
from tests.models.stateful import STATEFUL
from tests.models.structures import STRUCTURES
from tests.models.surroundings import SURROUNDINGS
from tests.models.wrappers import FailsAtTheEnd, NeedsValues, tensors
from tests.snapshot import Snapshot, fingerprint, surroundings
from visunn_lint.pipeline.engines.native import module_calls, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.models.case import Case

Mode: TypeAlias = Literal["eval", "train"]

CASES = (*REPARAMETRIZED, *STATEFUL, *SURROUNDINGS, *STRUCTURES, *RECYCLED)

all_cases = pytest.mark.parametrize("case", CASES, ids=str)
both_modes = pytest.mark.parametrize("mode", ["eval", "train"])

# Reentrant checkpoints warn where nothing requires a gradient, and so they do without visunn.
pytestmark = pytest.mark.filterwarnings("ignore:None of the inputs have requires_grad")


@pytest.fixture(autouse=True)
def _put_back() -> Iterator[None]:
    """Keep a test that fails from changing what the next one starts from."""
    grad, dtype = torch.is_grad_enabled(), torch.get_default_dtype()
    yield
    torch.set_grad_enabled(grad)
    torch.set_default_dtype(dtype)


@all_cases
@both_modes
def test_trace_leaves_a_model_as_found(case: Case, mode: Mode) -> None:
    """A capture on the first rung changes nothing, and the model goes on to compute the same."""
    model = build(case, mode)
    args, kwargs = case.args(), case.kwargs()
    with unchanged(model, args, kwargs):
        visunn_lint.trace(model, args, kwargs, mode=mode)
    assert behaviour(model, case) == behaviour(build(case, mode), case)


@all_cases
@both_modes
def test_trace_with_real_tensors_leaves_a_model_as_found(case: Case, mode: Mode) -> None:
    """Neither the rung that fails nor the one that runs the model's own weights changes anything."""
    model = build(case, mode, NeedsValues)
    args, kwargs = case.args(), case.kwargs()
    with unchanged(model, args, kwargs):
        topology = visunn_lint.trace(model, args, kwargs, mode=mode)
    assert topology.captured.rung == "real"
    assert behaviour(model, case) == behaviour(build(case, mode, NeedsValues), case)


@all_cases
@both_modes
@pytest.mark.parametrize("needs", [lambda model: model, NeedsValues], ids=["first rung", "real tensors"])
def test_a_failing_trace_leaves_a_model_as_found(
    case: Case, mode: Mode, needs: Callable[[nn.Module], nn.Module]
) -> None:
    """A forward that changes what it likes and then raises leaves nothing behind."""
    model = build(case, mode, lambda inner: FailsAtTheEnd(needs(inner)))
    args, kwargs = case.args(), case.kwargs()
    with unchanged(model, args, kwargs), pytest.raises(visunn_lint.CaptureError):
        visunn_lint.trace(model, args, kwargs, mode=mode)
    assert behaviour(model.get_submodule("inner"), case) == behaviour(build(case, mode, needs), case)


@all_cases
@pytest.mark.parametrize("wrap", [lambda model: model, NeedsValues], ids=["first rung", "real tensors"])
def test_check_leaves_a_model_as_found(case: Case, wrap: Callable[[nn.Module], nn.Module]) -> None:
    """The captures of a check, in both modes, change nothing."""
    model = build(case, "eval", wrap)
    args, kwargs = case.args(), case.kwargs()
    with unchanged(model, args, kwargs):
        visunn_lint.check(model, args, kwargs)
    assert behaviour(model, case) == behaviour(build(case, "eval", wrap), case)


@all_cases
def test_a_check_that_finds_a_failing_forward_leaves_a_model_as_found(case: Case) -> None:
    """A forward that raises is a finding of a check, and leaves nothing behind either."""
    model = build(case, "eval", FailsAtTheEnd)
    args, kwargs = case.args(), case.kwargs()
    with unchanged(model, args, kwargs):
        report = visunn_lint.check(model, args, kwargs)
    assert "VIS213" in {finding.code for finding in report.findings}
    assert behaviour(model.get_submodule("inner"), case) == behaviour(build(case, "eval"), case)


@pytest.mark.parametrize("case", SEED, ids=str)
def test_trace_and_check_leave_the_seed_models_as_found(case: Case) -> None:
    """A real forward before and after gives the same bytes, as do weights and running statistics."""
    model = build(case, "train")
    args = case.args()
    before = behaviour(model, case)
    with unchanged(model, args):
        visunn_lint.trace(model, args)
        visunn_lint.check(model, args)
        with pytest.raises(visunn_lint.CaptureError):
            visunn_lint.trace(FailsAtTheEnd(model), args, mode="train")
    assert behaviour(model, case) == before


_HARMLESS = {"gradients left behind", "file caches"}
"""What is left of these changes no model, nor what one computes: stand-ins take gradients, small tables are real."""


@pytest.mark.parametrize("case", [case for case in (*STATEFUL, *SURROUNDINGS) if str(case) not in _HARMLESS], ids=str)
def test_without_restoring_the_tests_above_would_fail(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: these models do change something, and it shows once nothing is put back."""
    for restoring in ("preserved", "same_surroundings"):
        monkeypatch.setattr(run, restoring, lambda *_: nullcontext(frozenset()))
    monkeypatch.setattr(module_calls, "_place_forwards", lambda _: None)  # the engine's own change would show as well
    model = build(case, "eval", FailsAtTheEnd)
    args, kwargs = case.args(), case.kwargs()
    with pytest.raises(AssertionError):  # noqa: PT012 -- either of two shows it
        with unchanged(model, args, kwargs):
            visunn_lint.check(model, args, kwargs)
        assert behaviour(model.get_submodule("inner"), case) == behaviour(build(case, "eval"), case)


def build(case: Case, mode: Mode, wrap: Callable[[nn.Module], nn.Module] = lambda model: model) -> nn.Module:
    """Return a case's model, the same at each call, delivered in the mode in which it is not captured."""
    seed_all()
    return wrap(case.build()).train(mode=mode != "train")


@contextmanager
def unchanged(*things: object) -> Iterator[None]:
    """Assert that neither some objects nor what surrounds them is changed by the block."""
    seed_all()
    around, before = surroundings(), [Snapshot.of(thing) for thing in things]
    yield
    assert surroundings() == around
    for thing, snapshot in zip(things, before, strict=True):
        assert Snapshot.of(thing).changes_since(snapshot) == {}


@torch.no_grad()
def behaviour(model: nn.Module, case: Case) -> list[str]:
    """Return the fingerprints of what a real call returns, then of the state that it leaves."""
    seed_all()
    output = model(*case.args(), **case.kwargs())
    torch.set_default_dtype(torch.float32)
    return [fingerprint(tensor) for tensor in (*tensors(output), *model.state_dict().values())]


def seed_all() -> None:
    """Seed every global generator with what no forward here seeds them with."""
    random.seed(7)
    np.random.seed(7)  # noqa: NPY002 -- a capture must put back the legacy generator
    torch.manual_seed(7)
