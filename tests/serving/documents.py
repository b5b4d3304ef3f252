"""Documents made by hand, for the tests of what shows them."""

from __future__ import annotations

from visunn_lint.document.records import Box, Capture, Document, Edge, Module, Port, Spec, Tensor, Totals

_ONE = (Port("0", 0),)

BLOCK = Document(
    format="visunn.graph/1",
    generator="visunn 0",
    name="Net",
    capture=Capture("native", "meta", "eval", inputs="2x4"),
    totals=Totals(parameters=24, trainable=24, parameter_bytes=96, activation_bytes=80, flops=64, modules=3, ops=3),
    specs=(Spec((2, 4), "float32"), Spec((2, 8), "float32")),
    modules=(
        Module("", "net.Net", parameters=24),
        Module("block", "torch.nn.Sequential", parent=0, parameters=24),
        Module(
            "block.fc",
            "torch.nn.Linear",
            parent=1,
            tensors=(Tensor("weight", (4, 4), "float32"), Tensor("steps", (), "int64", buffer=True)),
            parameters=16,
        ),
        Module("block.relu", "torch.nn.ReLU", parent=1),
    ),
    boxes=(
        Box("module", "Net", "container", module=0),
        Box("input", "x", "input", parent=0, outputs=_ONE),
        Box("module", "block", "container", parent=0, module=1, rank=1, inputs=_ONE, outputs=_ONE),
        Box("module", "fc", "linear", parent=2, module=2, op="aten::linear", inputs=_ONE, outputs=_ONE),
        Box("module", "relu", "activation", parent=2, module=3, op="aten::relu", rank=1, x=-0.5, outputs=_ONE),
        Box("module", "relu", "activation", parent=2, module=3, call=1, op="aten::relu", rank=1, x=0.5),
        Box("op", "cat", "shape", parent=0, module=0, op="aten::cat", rank=2, outputs=(Port("0", 1), Port("1", -1))),
        Box("output", "0", "output", parent=0, rank=3, inputs=(Port("0", 1),)),
    ),
    edges=(Edge(1, 3, 0), Edge(3, 4, 0), Edge(3, 5, 0), Edge(4, 6, 0), Edge(5, 6, 0), Edge(6, 7, 1)),
)  # fmt: skip
"""A block that feeds a linear layer to the same activation twice, and what it is joined with."""
