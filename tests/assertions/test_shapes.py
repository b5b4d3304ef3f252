"""Contracts of shapes."""

from __future__ import annotations

import pytest
from torch import nn

import visunn_lint
from tests.assertions.failing import failure
from visunn_lint import ShapeExpressionError, ShapeMismatch, Topology


@pytest.mark.parametrize(
    "contract",
    [
        {"": "b 3 h w, mask: b 4 -> logits: b 10, twice: b 4", "stem": "-> b 8 h w", "layer*": "-> b _ _ _"},
        {"stem": "b c ... -> b (c+5) ...", "head": "-> b 2*k", "aux": "b 8 -> b k-2"},
        {"layer1.?.relu": "b c h w -> b c h w"},
        {"layer1*": "... -> ..."},
        {"stem": "_ 3 ... -> _ 8 8 8"},
    ],
)
def test_a_contract_holds(topology: Topology, contract: dict[str, str]) -> None:
    """Names are one number all over a contract, slots go by name or place, globs leave out what is not called."""
    topology.assert_shapes(contract)


def test_a_mismatch_says_what_names_stand_for(topology: Topology) -> None:
    """The message has the path, what each name was bound to and where, both shapes, and the source line."""
    assert failure(lambda: topology.assert_shapes({"stem": "b 3 h w -> b 8 h w", "head": "b 512 -> b h/2"})) == (
        "head: expected input `b 512`, got 2×8\n"
        "    b = 2   from stem input 2×3×8×8\n"
        "    512     is 8 here\n"
        "  at self.head = nn.Linear(8, 10)\n"
        "head: expected output `b h/2`, got 2×10\n"
        "    b = 2     from stem input 2×3×8×8\n"
        "    h = 8     from stem input 2×3×8×8\n"
        "    h/2 = 4   is 10 here\n"
        "  at self.head = nn.Linear(8, 10)"
    )


def test_a_name_that_was_calculated_tells_from_what(topology: Topology) -> None:
    """A name that no dim is alone shows the term that determined it."""
    assert failure(lambda: topology.assert_shapes({"head": "-> _ 2*k", "aux": "-> _ k"})) == (
        "head: expected output `_ 2*k`, got 2×10\n"
        "    k = 3     from aux output 2×3\n"
        "    2*k = 6   is 10 here\n"
        "  at self.head = nn.Linear(8, 10)"
    )
    assert failure(lambda: topology.assert_shapes({"head": "-> _ 2*k", "aux": "-> _ k+1"})) == (
        "aux: expected output `_ k+1`, got 2×3\n"
        "    k = 5     from head output 2×10 (2*k)\n"
        "    k+1 = 6   is 3 here\n"
        "  at self.aux = nn.Linear(8, 3)"
    )


@pytest.mark.parametrize(
    ("contract", "message"),
    [
        ({"": "-> logits: b 10, loss: ()"}, "Net: no output `loss`; there is `logits`, `twice`"),
        ({"": "_ ..., _ _, _ ->"}, "Net: no input number 3 for `_`; there is `x`, `mask`"),
        ({"haed": "b 8"}, "no module matches `haed`; did you mean `head`?"),
        ({"unused": "b 3"}, "`unused` is never called\n  at self.unused = nn.Linear(8, 3)"),
        (
            {"head": "-> b"},
            "head: expected output `b`, got 2×10\n    1 dimension   but 2 here\n  at self.head = nn.Linear(8, 10)",
        ),
        (
            {"": "-> twice: 2 _ _ ..."},
            "Net: expected output twice `2 _ _ ...`, got 2×4\n    at least 3 dimensions   but 2 here",
        ),
    ],
)
def test_what_is_not_there_fails(topology: Topology, contract: dict[str, str], message: str) -> None:
    """Missing slots, modules, calls and dims are told as such."""
    assert failure(lambda: topology.assert_shapes(contract)) == message


def test_each_call_has_to_fit() -> None:
    """A module that is called twice is compared twice, and the message says which call."""
    shared = nn.ReLU()
    topology = visunn_lint.trace(nn.Sequential(nn.Linear(4, 8), shared, nn.Linear(8, 4), shared), inputs="2x4")
    assert failure(lambda: topology.assert_shapes({"1": "b 8 -> b 8"})) == (
        "1, call 2: expected input `b 8`, got 2×4\n"
        "    b = 2   from 1, call 1 input 2×8\n"
        "    8       is 4 here\n"
        "1, call 2: expected output `b 8`, got 2×4\n"
        "    b = 2   from 1, call 1 input 2×8\n"
        "    8       is 4 here"
    )


def test_a_long_list_is_cut(topology: Topology) -> None:
    """Three differences are told in full, the others named."""
    with pytest.raises(ShapeMismatch, match=r"(?s)^layer1: .*\nand 12 more: layer1\.0\.bn1, .*, layer1\.1\.bn2$"):
        topology.assert_shapes({"layer1*": "-> _ 9 _ _"})


def test_a_name_that_nothing_determines_is_an_error(topology: Topology) -> None:
    """A contract that does not say enough is no failure of the model; the message points at the name."""
    with pytest.raises(ShapeExpressionError) as raised:
        topology.assert_shapes({"stem": "b c ... -> ... h//2 w"})
    assert str(raised.value) == (
        "nothing tells what `h` is: let it stand alone somewhere, or write `_`\n"
        "  b c ... -> ... h//2 w\n"
        "                 ^"
    )
