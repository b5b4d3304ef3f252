"""Queries that tell what took part in a run, and what happened around it."""

from visunn_lint import query
from visunn_lint.location import Location
from visunn_lint.records import Call, Captured, Module, Node, Param
from visunn_lint.spec import TensorSpec
from visunn_lint.topology import Topology

EMBED = Param("embed.weight", (8, 4), "float32", shared_with=("head.weight",))
HEAD = Param("head.weight", (8, 4), "float32", shared_with=("embed.weight",))
BIAS = Param("head.bias", (8,), "float32")


def _topology(modules: list[Module], nodes: list[Node] | None = None) -> Topology:
    root = Module("", "Net", children=tuple(each.path for each in modules if "." not in each.path))
    return Topology(
        "Net",
        {each.path: each for each in [root, *modules]},
        {node.name: node for node in nodes or []},
        Captured("native", "meta"),
    )


def _call(module: str, index: int = 0, parent: tuple[str, int] | None = None) -> Call:
    return Call(module, index, (), (), Location("net.py", index), parent)


TIED = _topology(
    [Module("embed", "Embedding", params=(EMBED,)), Module("head", "Linear", params=(HEAD, BIAS))],
    [
        Node("embed/weight", "param", "param", "embed", label="embed.weight"),
        Node("head/bias", "param", "param", "head", label="head.bias"),
        Node("embedding", "aten::embedding", "op", "embed", 0, inputs=("embed/weight",), input_slots=(0,)),
    ],
)


def test_a_shared_parameter_is_read_under_all_its_names() -> None:
    """One that no op reads is not, though it may be in the graph."""
    assert query.read_tensors(TIED) == {"embed.weight", "head.weight"}


def test_a_module_takes_part_if_what_it_holds_is_read() -> None:
    """Called or not."""
    assert query.used_modules(TIED) == {"", "embed", "head"}


def test_a_module_takes_part_if_it_is_called_in_any_way() -> None:
    """Through ``forward`` as well; what holds it takes part with it, under its other names, too."""
    modules = [
        Module("a", "ModuleList", children=("a.0", "a.1")),
        Module("a.0", "Linear", calls=(_call("a.0"),), aliases=("b.c.0",)),
        Module("a.1", "Linear"),
        Module("d", "Linear", forward_calls=1),
        Module("e", "Linear"),
    ]
    assert query.used_modules(_topology(modules)) == {"", "a", "a.0", "b", "b.c", "d"}


def test_the_holder_of_a_plain_tensor_that_is_read_takes_part() -> None:
    """The tensor's node tells who holds it."""
    node = Node("scale", "const", "const", attributes={"holder": "a"})
    assert query.used_modules(_topology([Module("a", "Scale")], [node])) == {"", "a"}


def test_what_lies_below_an_opaque_node_counts_as_used() -> None:
    """Nobody saw what ran there."""
    modules = [Module("a", "Scripted", children=("a.b",)), Module("a.b", "Linear"), Module("c", "Linear")]
    topology = _topology(modules, [Node("a/opaque", "opaque", "opaque", "a", 0)])
    assert query.unseen_modules(topology) == {"a", "a.b"}
    assert query.used_modules(topology) == {"", "a", "a.b"}


def test_the_calls_around_something_are_told_innermost_first() -> None:
    """Its own call first; a call that is not there ends the chain."""
    outer, inner = _call("a", 1), _call("a.b", 0, ("a", 1))
    modules = [Module("a", "Net", calls=(_call("a"), outer), children=("a.b",)), Module("a.b", "Net", calls=(inner,))]
    topology = _topology(modules)
    assert list(query.calls_around(topology, "a.b", 0)) == [inner, outer]
    assert list(query.calls_around(topology, "a.b", None)) == []
    assert list(query.calls_around(topology, "a.b", 7)) == []
    assert list(query.calls_around(topology, "nowhere", 0)) == []


def test_the_parameters_below_a_module_are_told_once() -> None:
    """Shared ones by the first name that is met."""
    assert list(query.params_below(TIED, TIED[""])) == [EMBED, BIAS]
    assert list(query.params_below(TIED, TIED["head"])) == [HEAD, BIAS]


def test_the_paths_above_a_module_go_up_to_the_root() -> None:
    """The closest first."""
    assert list(query.paths_above("a.b.c")) == ["a.b", "a", ""]
    assert list(query.paths_above("")) == []


def test_ops_that_write_in_place_are_known_by_their_name_or_flag() -> None:
    """As torch names them."""
    in_place = [
        Node("1", "aten::add_", "op"),
        Node("2", "aten::setitem", "op"),
        Node("3", "aten::relu", "op", attributes={"inplace": True}),
    ]
    others = [
        Node("4", "aten::add", "op"),
        Node("5", "aten::__and__", "op"),
        Node("6", "aten::relu", "op", attributes={"inplace": False}),
    ]
    assert [query.is_in_place(node) for node in [*in_place, *others]] == [True] * 3 + [False] * 3


def test_the_output_of_a_node_is_counted_as_far_as_it_is_known() -> None:
    """All of its tensors."""
    node = Node("a", "aten::topk", "op", output_specs=(TensorSpec((2, 3), "float32"), None, TensorSpec((), "int64")))
    assert query.output_numel(node) == 7
