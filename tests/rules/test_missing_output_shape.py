"""VIS202 on graphs as other programs log them, which no source text builds."""

from visunn_lint.records import Captured, Module, Node
from visunn_lint.rules.missing_output_shape import MissingOutputShape
from visunn_lint.rules.missing_weight_shape import MissingWeightShape
from visunn_lint.spec import TensorSpec
from visunn_lint.topology import CapturedModel, Topology

KNOWN, UNKNOWN = (TensorSpec((2, 4), "unknown"),), (None,)


def _logged(*nodes: Node) -> CapturedModel:
    modules = {"": Module("", "Net")}
    topology = Topology("Net", modules, {node.name: node for node in nodes}, Captured("events", "file"))
    return CapturedModel("run.pb", eval=topology)


def test_all_ops_without_shape_are_one_finding() -> None:
    """The first speaks for the others; ops with a shape, and what is no tensor op, do not count."""
    model = _logged(
        Node("a", "aten::conv2d", "op", output_specs=KNOWN),
        Node("b", "aten::relu", "op"),
        Node("c", "aten::add", "op", output_specs=UNKNOWN),
        Node("d", "prim::Something", "op"),
    )
    (found,) = MissingOutputShape().check(model)
    assert (found.node, found.message) == ("b", "the output shape of `b` (aten::relu) and of 1 other op is not known")


def test_a_graph_with_all_shapes_is_fine() -> None:
    """Nothing to tell."""
    assert list(MissingOutputShape().check(_logged(Node("a", "aten::conv2d", "op", output_specs=KNOWN)))) == []


def test_weights_without_shape_are_one_finding() -> None:
    """Where there is no table of modules that knows better."""
    model = _logged(
        Node("a", "prim::GetAttr", "param", output_specs=UNKNOWN, label="conv.weight"),
        Node("b", "prim::GetAttr", "param", label="conv.bias"),
        Node("c", "prim::GetAttr", "buffer", output_specs=KNOWN, label="norm.mean"),
    )
    (found,) = MissingWeightShape().check(model)
    assert (found.module, found.message) == ("", "the shape of `conv.weight` and 1 more is not known")
