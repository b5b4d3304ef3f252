"""The tables of the first visunn's API: what is in one level of a model."""

import msgspec
import pytest

from tests.serving.documents import BLOCK
from visunn_lint.document.records import Box, Edge
from visunn_lint.serving.levels import Level, Node, UnknownTagError, level


def test_the_root_holds_what_the_model_calls_itself() -> None:
    """Modules have a slash behind their name and all the parameters below them; every node has shapes."""
    assert level(BLOCK, "root") == Level(
        meta={
            "x": Node("x", "IO Node", (), ("block/",), (), ((2, 4),), ()),
            "block/": Node("block/", "visu::module", ("x",), ("cat",), ((2, 4),), ((2, 4),), ("block.fc.weight",)),
            "cat": Node("cat", "aten::cat", ("block/",), ("0",), (), ((2, 8),), ()),
            "0": Node("0", "IO Node", ("cat",), (), ((2, 8),), (), ()),
        },
        coords={"x": (0.0, 0.0), "block/": (0.0, -1.0), "cat": (0.0, -2.0), "0": (0.0, -3.0)},
        edges={"x": (), "block/": ("x",), "cat": ("block/",), "0": ("cat",)},
        inputs=("x",),
        outputs=("0",),
    )


def test_a_module_is_shown_with_what_stands_around_it() -> None:
    """Nodes outside stand in rows of their own, and have no links beyond this level."""
    shown = level(BLOCK, "block")
    assert list(shown.meta) == ["x", "block/fc", "block/relu", "block/relu_1", "cat"]
    assert (shown.inputs, shown.outputs) == (("x",), ("cat",))
    assert shown.meta["x"].output == ("block/fc",)
    assert shown.meta["cat"].input == ("block/relu", "block/relu_1")
    assert shown.meta["cat"].output == ()
    assert shown.coords == {
        "x": (0.0, 1.0),
        "block/fc": (0.0, 0.0),
        "block/relu": (-0.5, -1.0),
        "block/relu_1": (0.5, -1.0),
        "cat": (0.0, -2.0),
    }


@pytest.mark.parametrize(
    ("tag", "message"),
    [
        ("", "there is no module ''"),
        ("fc", "there is no module 'fc'"),
        ("block;fc", "there is nothing in 'block/fc'"),
        ("x" * 500, f"there is no module '{'x' * 200}…'"),
    ],
)
def test_an_unknown_tag_is_told(tag: str, message: str) -> None:
    """One line, however long the tag."""
    with pytest.raises(UnknownTagError) as caught:
        level(BLOCK, tag)
    assert str(caught.value) == message


def test_separators_in_a_name_are_no_separators() -> None:
    """A module is found whatever its key holds, one that is called as the model is, too."""
    boxes = (
        Box("module", "Net", "container"),
        Box("module", "a/b;c", "container", parent=0),
        Box("op", "relu", "activation", parent=1, op="aten::relu"),
        Box("module", "a_b_c", "container", parent=0),
        Box("op", "gelu", "activation", parent=3, op="aten::gelu"),
        Box("op", "root", "other", parent=0, op="aten::root"),
    )
    document = msgspec.structs.replace(BLOCK, boxes=boxes, edges=(Edge(2, 4, 0),))
    assert list(level(document, "root").meta) == ["a_b_c/", "a_b_c_1/", "root_1"]
    assert level(document, "a_b_c").outputs == ("a_b_c_1/gelu",)
    assert level(document, "a_b_c_1").inputs == ("a_b_c/relu",)


def test_a_model_that_does_nothing_has_an_empty_root() -> None:
    """Nothing is no error."""
    document = msgspec.structs.replace(BLOCK, boxes=BLOCK.boxes[:1], edges=())
    assert level(document, "root") == Level({}, {}, {}, (), ())
