"""Inputs of the families of models that libraries hold, by the names of arguments, configs and errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.models.families import (
    Clips,
    Clouds,
    Codebooks,
    Detector,
    Frames,
    Listener,
    Molecules,
    Mosaic,
    Regions,
    Silent,
    Sonograms,
    Trained,
    Translator,
    TwoTowers,
    Waves,
)
from visunn_lint.loading.capturing import capture_model
from visunn_lint.pipeline.engines.engine import Request
from visunn_lint.pipeline.inputs.inference import infer
from visunn_lint.pipeline.inputs.trial import Rehearsal
from visunn_lint.spec import InputSpec

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import nn

    from visunn_lint.pipeline.inputs.arguments import Arguments

TARGET = "{boxes: 1x4, labels: 1:int64}"


def _infer(model: nn.Module) -> Arguments:
    return infer(model, Rehearsal(Request(model), ["eval", "train"]))


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        pytest.param(TwoTowers, "b x 16:int64, pixel_values=b x 3 x 32 x 32", id="two-modalities"),
        pytest.param(Translator, "b x 16:int64, decoder_input_ids=b x 16:int64", id="encoder-decoder"),
        pytest.param(Listener, "b x 20 x 100, decoder_input_ids=b x 16:int64", id="spectrogram"),
        pytest.param(Sonograms, "b x 16:int64, input_features=b x 1 x 256 x 20", id="sonogram"),
        pytest.param(Codebooks, "b x 16 x 5:int64", id="codebooks"),
        pytest.param(Waves, "b x 16000", id="waveform"),
        pytest.param(Mosaic, "64x96, grid_thw=1x3:int64", id="flat-patches"),
        pytest.param(Clips, "b x 3 x 16 x 224 x 224", id="clips"),
        pytest.param(Frames, "b x 4 x 3 x 32 x 32", id="frames"),
        pytest.param(Detector, f"b x 3 x 224 x 224, targets=[{TARGET}, {TARGET}]", id="list-of-images"),
        pytest.param(lambda: Silent(224), "b x 3 x 224 x 224", id="silent-224"),
        pytest.param(lambda: Silent(288), "b x 3 x 288 x 288", id="silent-288"),
        pytest.param(Molecules, "b x 8, edge_index=2x32:int64", id="graph"),
        pytest.param(Clouds, "b x 3, features=b x 5", id="points"),
        pytest.param(Regions, "b x 16:int64, visual_feats=b x 16 x 12", id="regions"),
    ],
)
def test_both_modes(build: Callable[[], nn.Module], expected: str) -> None:
    """Inputs that do in eval and in train mode are found, and what they are can be given back."""
    arguments = _infer(build())
    assert (arguments.spelling, arguments.unfit) == (expected, {})
    assert str(InputSpec.parse(expected)) == expected


def test_inputs_that_do_in_eval_mode_alone() -> None:
    """Where nothing does in train mode, it is left out, and what it raised is told; that is no failure."""
    captured = capture_model(Trained())
    assert captured.eval is not None
    assert captured.eval.failure is None
    assert captured.eval.captured.input_spec == "b x 10"
    assert captured.train is None
    assert [mode for mode, _ in captured.unfit] == ["train"]
    assert captured.unfit[0][1].startswith("AttributeError: 'NoneType' object has no attribute 'outputs'")


def test_images_are_as_large_as_the_model_says() -> None:
    """A side in an attribute of some part is where the search begins: it needs one run."""
    model = Silent(320)
    vars(model.conv)["img_size"] = (320, 320)
    rehearsal = Rehearsal(Request(model), ["eval"])
    tried = []

    def run(arguments: Arguments) -> object:
        tried.append(arguments.spelling)
        return rehearsal(arguments)

    infer(model, run)  # type: ignore[arg-type]
    assert tried == ["b x 3 x 320 x 320"]
