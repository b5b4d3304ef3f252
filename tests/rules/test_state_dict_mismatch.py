"""A checkpoint is compared with the model: names, shapes, ties and prefixes."""

import json
from pathlib import Path

import pytest
import torch

from visunn_lint.checking import run_rules
from visunn_lint.config import load_settings
from visunn_lint.finding import SkippedRule
from visunn_lint.loading import load

_NET = """
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.norm, self.out = nn.Linear(8, 4, bias=False), nn.BatchNorm1d(4), nn.Linear(8, 4)
        self.out.weight = self.embed.weight

    def forward(self, x):
        return self.norm(self.embed(x)) + self.out(x)
"""
_SHAPES = {"embed.weight": (4, 8), "norm.weight": (4,), "norm.bias": (4,), "out.bias": (4,)}


def _safetensors(file: Path, shapes: dict[str, tuple[int, ...]]) -> None:
    header = {name: {"dtype": "F32", "shape": shape, "data_offsets": [0, 0]} for name, shape in shapes.items()}
    text = json.dumps({"__metadata__": {"format": "pt"}, **header}).encode()
    file.write_bytes(len(text).to_bytes(8, "little") + text)


def _found(folder: Path, checkpoint: str) -> list[str]:
    """Return what the rule says of the model, or why it could not be loaded."""
    (folder / "net.py").write_text(_NET)
    flags = {"preview": True, "select": ["VIS406"], "models": {"net": {"target": "net.py", "checkpoint": checkpoint}}}
    settings = load_settings(folder, isolated=True, environ={}, flags=flags)
    loaded = load("net", inputs=["2x8"], models=settings.models, root=folder)
    report = run_rules(loaded.models, settings)
    return [f"{each.module}: {each.message}" for each in report.findings] + [each.message for each in loaded.broken]


@pytest.mark.parametrize(
    ("shapes", "expected"),
    [
        (_SHAPES, []),
        ({**_SHAPES, "norm.running_mean": (4,), "out.weight": (4, 8)}, []),
        ({**_SHAPES, "out.bias": (5,)}, ["out: `out.bias` is 4 and 5 in net.safetensors"]),
        ({**_SHAPES, "head.bias": (5,)}, [": net.safetensors has `head.bias`, which the model has not"]),
        (
            {f"module.{name}": shape for name, shape in _SHAPES.items()},
            [
                (
                    ": net.safetensors lacks `embed.weight`, `norm.weight`, `norm.bias` and 1 more: "
                    "its keys begin with `module.`"
                )
            ],
        ),
        (
            {"embed.weight": (4, 8), "head.bias": (5,)},
            [
                ": net.safetensors lacks `norm.weight`, `norm.bias`, `out.bias`, and has `head.bias` instead",
            ],
        ),
    ],
)
def test_a_safetensors_header_is_compared(
    tmp_path: Path, shapes: dict[str, tuple[int, ...]], expected: list[str]
) -> None:
    """What is missing, what is too many, what has another shape; ties and buffers are no mismatch."""
    _safetensors(tmp_path / "net.safetensors", shapes)
    assert _found(tmp_path, "net.safetensors") == expected


def test_shards_count_together(tmp_path: Path) -> None:
    """An index names the files of the parts."""
    names = list(_SHAPES)
    _safetensors(tmp_path / "1.safetensors", {name: _SHAPES[name] for name in names[:2]})
    _safetensors(tmp_path / "2.safetensors", {name: _SHAPES[name] for name in names[2:]})
    index = {"weight_map": {name: f"{1 + (place > 1)}.safetensors" for place, name in enumerate(names)}}
    (tmp_path / "net.safetensors.index.json").write_text(json.dumps(index))
    assert _found(tmp_path, "net.safetensors.index.json") == []


def test_a_torch_checkpoint_is_compared(tmp_path: Path) -> None:
    """The state dict may lie beside the optimizer's."""
    weights = {name: torch.zeros(shape) for name, shape in _SHAPES.items()}
    torch.save({"epoch": 3, "state_dict": {**weights, "out.bias": torch.zeros(7)}}, tmp_path / "net.pt")
    assert _found(tmp_path, "net.pt") == ["out: `out.bias` is 4 and 7 in net.pt"]


@pytest.mark.parametrize("content", [b"", b"\xff" * 16, b"not a checkpoint at all"])
def test_a_checkpoint_that_cannot_be_read_is_told(tmp_path: Path, content: bytes) -> None:
    """The model is not linted: what it is to be compared with is not there."""
    (tmp_path / "net.safetensors").write_bytes(content)
    (message,) = _found(tmp_path, "net.safetensors")
    assert message.startswith(f"the checkpoint {tmp_path / 'net.safetensors'} cannot be read: ")


def test_without_a_checkpoint_the_rule_does_not_run(tmp_path: Path) -> None:
    """And says why."""
    (tmp_path / "net.py").write_text(_NET)
    settings = load_settings(tmp_path, isolated=True, environ={}, flags={"preview": True, "select": ["VIS406"]})
    loaded = load(str(tmp_path / "net.py"), inputs=["2x8"])
    (skipped,) = run_rules(loaded.models, settings).rules_skipped
    name = loaded.models[0].name
    assert skipped == SkippedRule("VIS406", "state-dict-mismatch", f"{name} has no checkpoint", name)
