"""Documents made by hand, as large as a test needs them, without a model behind them."""

from __future__ import annotations

from visunn_lint.document import Document
from visunn_lint.document.records import FORMAT, Box, Capture, Edge, Module, Spec, Totals

INPUT, BLOCK, CONV, RELU, ADD, HEAD, OUTPUT = range(1, 8)
"""The boxes of `residual`."""


def residual() -> Document:
    """Return a model of an input, a block of three ops that its input skips, a head and an output."""
    boxes = (
        Box("module", "Net", "container", module=0, parameters=500),
        Box("input", "x", "input", parent=0, module=0, bytes=4096),
        Box("module", "block", "container", parent=0, module=1, rank=1, parameters=400, bytes=4096),
        Box("module", "conv", "convolution", parent=2, module=2, op="aten::conv2d", parameters=400, bytes=4096),
        Box("op", "relu", "activation", parent=2, module=1, op="aten::relu", rank=1, bytes=4096),
        Box("op", "add", "arithmetic", parent=2, module=1, op="aten::add", rank=2, bytes=4096),
        Box("module", "head", "linear", parent=0, module=3, op="aten::linear", rank=2, parameters=100, bytes=64),
        Box("output", "0", "output", parent=0, module=0, rank=3, bytes=64),
    )
    pairs = ((INPUT, CONV), (CONV, RELU), (RELU, ADD), (INPUT, ADD), (ADD, HEAD), (HEAD, OUTPUT))
    modules = (
        Module("", "net.Net", parameters=500, calls=1),
        Module("block", "net.Block", parent=0, parameters=400, calls=1),
        Module("block.conv", "torch.nn.Conv2d", parent=1, parameters=400, calls=1),
        Module("head", "torch.nn.Linear", parent=0, parameters=100, calls=1),
    )
    return _document(boxes, pairs, modules)


def lanes(count: int, length: int) -> Document:
    """Return a model of so many chains of ops beside each other, all of them in the model's own call."""
    boxes = [Box("module", "Net", "container", module=0)]
    pairs: list[tuple[int, int]] = []
    for lane in range(count):
        for rank in range(length):
            if rank:
                pairs.append((len(boxes) - 1, len(boxes)))
            boxes.append(
                Box("op", "relu", "activation", parent=0, op="aten::relu", rank=rank, x=lane - count / 2, bytes=256)
            )
    return _document(tuple(boxes), tuple(pairs), (Module("", "net.Net", calls=1),))


def nested(stages: int, blocks: int, ops: int) -> Document:
    """Return a model of stages of blocks of ops, one behind the other."""
    boxes = [Box("module", "Net", "container", module=0)]
    pairs: list[tuple[int, int]] = []
    last = -1
    for stage in range(stages):
        outer = len(boxes)
        boxes.append(Box("module", f"stage{stage}", "container", parent=0, module=0, rank=stage))
        for block in range(blocks):
            inner = len(boxes)
            boxes.append(Box("module", f"block{block}", "container", parent=outer, module=0, rank=block))
            for rank in range(ops):
                if last >= 0:
                    pairs.append((last, len(boxes)))
                last = len(boxes)
                boxes.append(Box("op", "relu", "activation", parent=inner, op="aten::relu", rank=rank, bytes=256))
    return _document(tuple(boxes), tuple(pairs), (Module("", "net.Net", calls=1),))


def _document(boxes: tuple[Box, ...], pairs: tuple[tuple[int, int], ...], modules: tuple[Module, ...]) -> Document:
    return Document(
        format=FORMAT,
        generator="visunn test",
        name="Net",
        capture=Capture("native", "meta", "eval"),
        totals=Totals(500, 500, 2000, 8192, 0, len(modules), len(boxes)),
        specs=(Spec((2, 64), "float32"),),
        modules=modules,
        boxes=boxes,
        edges=tuple(Edge(source, target, 0) for source, target in pairs),
    )
