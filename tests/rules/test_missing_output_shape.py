"""VIS202 on graphs as other programs log them, which no source text builds."""

from visunn_lint.records import Captured, Module, Node, Param
from visunn_lint.rules.missing_output_shape import MissingOutputShape
from visunn_lint.rules.missing_weight_shape import MissingWeightShape
from visunn_lint.spec import TensorSpec
from visunn_lint.topology import CapturedModel, Topology

KNOWN, UNKNOWN = (TensorSpec((2, 4), "unknown"),), (None,)


def _logged(*nodes: Node, modules: tuple[Module, ...] = ()) -> CapturedModel:
    table = {module.path: module for module in (Module("", "Net"), *modules)}
    topology = Topology("Net", table, {node.name: node for node in nodes}, Captured("file", "file"))
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
    """However many modules hold them: another program logged them all without."""
    weights = (Param("conv.weight", None, "unknown"), Param("conv.bias", None, "unknown"))
    model = _logged(modules=(Module("conv", "Conv2d", params=weights), Module("fc", "Linear", params=weights[:1])))
    (found,) = MissingWeightShape().check(model)
    assert (found.module, found.message) == ("", "the log has no shape of `conv.weight` and 2 more")
