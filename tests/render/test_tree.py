"""The tree in colour: the same lines, findings stand out, what is known stands back."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from visunn_lint.finding import Severity
from visunn_lint.records import Call, Captured, Module, Slot
from visunn_lint.render.tree import render
from visunn_lint.spec import TensorSpec
from visunn_lint.topology import Topology
from visunn_lint.tree import Mark

KEY = "[bold]x[/b]"


@pytest.fixture
def topology() -> Topology:
    """Return a model with a key that looks like markup and a module that is never called."""
    slot = Slot("0", TensorSpec((2, 4), "float32"))
    modules = [
        Module("", "Net", children=(KEY, "spare"), calls=(Call("", 0, (slot,), (slot,)),)),
        Module(KEY, "torch.nn.ReLU", calls=(Call(KEY, 0, (slot,), (slot,), parent=("", 0)),)),
        Module("spare", "torch.nn.ReLU"),
    ]
    captured = Captured("native", "meta", inputs=(slot,))
    return Topology("Net", {module.path: module for module in modules}, {}, captured)


def test_the_text_is_the_plain_tree(topology: Topology) -> None:
    """Colour changes no character, and a key that looks like markup is text."""
    assert render(topology).plain == f"{topology}\n"
    assert f"├── {KEY}   ReLU   2×4" in render(topology).plain


def test_findings_have_the_colour_of_their_severity(topology: Topology) -> None:
    """Error red, warning yellow, info cyan; what was never called is dim."""
    marks = {
        KEY: [Mark(Severity.INFO, "VIS110"), Mark(Severity.ERROR, "VIS106")],
        "spare": [Mark(Severity.WARNING, "VIS101")],
    }
    text = render(topology, marks=marks)
    styles = {text.plain[span.start : span.end].strip(): str(span.style) for span in text.spans}
    assert styles["✗ VIS106"] == "bold red"
    assert styles["● VIS110"] == "bold cyan"
    assert styles["▲ VIS101"] == "bold yellow"
    assert styles["never called"] == styles["spare"] == "dim"


@pytest.mark.parametrize("width", [20, 30, 80])
def test_a_terminal_wraps_no_line(topology: Topology, width: int) -> None:
    """What rich prints to a terminal of that width has the lines of the text, one by one."""
    text = render(topology, width=width, marks={"spare": [Mark(Severity.WARNING, "VIS101")]})
    console = Console(file=StringIO(), width=width, force_terminal=True, color_system=None, highlight=False)
    console.print(text, end="")
    assert isinstance(console.file, StringIO)
    assert console.file.getvalue() == text.plain


def test_options_are_handed_on(topology: Topology) -> None:
    """Columns, depth, order and ASCII as asked for."""
    text = render(topology, columns=("calls",), sort="name", depth=1, ascii=True).plain
    assert text.isascii()
    assert [line.split() for line in text.splitlines()[2:5]] == [
        ["module", "kind", "calls"],
        ["|--", KEY, "ReLU", "1"],
        ["`--", "spare", "ReLU", "never", "called"],
    ]
