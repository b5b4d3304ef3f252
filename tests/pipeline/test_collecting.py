"""Putting garbage collection off."""

import gc
import subprocess
import sys

import pytest
import torch
from torch import nn

from visunn_lint import pipeline
from visunn_lint.pipeline.collecting import import_for_good, uncollected


def test_collections_are_off_within_and_on_after() -> None:
    """Within the context nothing is collected, after it all is as before."""
    with uncollected():
        within = gc.isenabled()
    assert (within, gc.isenabled()) == (False, True)


def test_collections_that_were_off_stay_off() -> None:
    """Whoever switched collections off finds them off."""
    gc.disable()
    try:
        with uncollected():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_what_is_imported_for_good_is_left_out_of_later_collections() -> None:
    """After a first import all that is there is frozen, and collections go on."""
    program = "import gc; from visunn_lint.pipeline.collecting import import_for_good; import_for_good('json.tool'); "
    told = subprocess.run(  # noqa: S603 -- our own program
        [sys.executable, "-c", program + "print(gc.get_freeze_count() > 0, gc.isenabled())"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "True True\n"


def test_a_module_that_is_there_freezes_nothing() -> None:
    """A program that has imported torch itself decides itself on its memory."""
    before = gc.get_freeze_count()
    import_for_good("gc")
    assert gc.get_freeze_count() == before


def test_an_import_that_fails_leaves_collections_on() -> None:
    """What the import raises passes through."""
    with pytest.raises(ModuleNotFoundError):
        import_for_good("visunn_lint.no_such_module")
    assert gc.isenabled()


def test_a_capture_leaves_nothing_to_collect() -> None:
    """All that a run was recorded with goes when it ends: what refers to itself would wait, its tensors with it."""
    model, x = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(inplace=True)), torch.ones(2, 3, 5, 5)
    pipeline.capture(model, (x,))  # imports what is imported late
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        pipeline.capture(model, (x,))
        gc.collect()
        left = {type(each).__module__ for each in gc.garbage} | {"builtins"}
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
    assert [module for module in left if module.startswith(("visunn_lint", "torch"))] == []
