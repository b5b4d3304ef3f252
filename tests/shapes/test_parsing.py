"""Shape expressions are read as they are meant, and printed as they are read."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given

from tests.shapes.strategies import expressions
from visunn_lint import ShapeExpressionError
from visunn_lint.shapes import parse
from visunn_lint.shapes.terms import Anything, Name, Number, Operation, Rest, ShapeExpression, Tensor


def test_an_expression_is_inputs_and_outputs() -> None:
    """What stands before the arrow are the inputs, what stands behind it the outputs."""
    expected = ShapeExpression(
        (Tensor((Name("b"), Number(3), Name("h"), Anything())),),
        (Tensor((Name("b"), Number(64), Operation("/", Name("h"), Number(2)), Rest())),),
    )
    assert parse("b 3 h _ -> b 64 h/2 ...") == expected


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("b 1000", "-> b 1000"),
        ("b t ->", "b t ->"),
        ("->()", "-> ()"),
        ("b t,mask :b t->logits:b t 10 , aux.0: ...", "b t, mask: b t -> logits: b t 10, aux.0: ..."),
        ("b h * w  (h-1) // 2", "-> b h*w (h-1)//2"),
        ("a-b-c a-(b-c) (a*b)/c a*(b/c) (a+b)*c", "-> a-b-c a-(b-c) a*b/c a*(b/c) (a+b)*c"),
    ],
)
def test_an_expression_is_printed_with_the_fewest_marks(text: str, printed: str) -> None:
    """Spaces separate dims, operators bind as in Python, and there is always an arrow."""
    assert str(parse(text)) == printed


@given(expressions())
def test_what_is_printed_is_parsed_again(expression: ShapeExpression) -> None:
    """Parsing what an expression prints gives the same expression."""
    assert parse(str(expression)) == expression


@pytest.mark.parametrize(
    ("text", "problem", "position"),
    [
        ("", "the expression is empty", 0),
        (" -> ", "nothing stands on either side of the arrow", 4),
        ("b 3 h) w", "unexpected `)`", 5),
        ("b (h", "expected `)`", 4),
        ("b (h, w)", "expected `)`, not `,`", 4),
        ("b h/ -> b", "unexpected `->`", 5),
        ("b,", "expected a dimension, and the expression ends", 2),
        ("b 3h", "put a space or an operator between `3` and `h`", 3),
        ("b 2×3", "unexpected `×`", 3),
        ("... b ...", "`...` can stand for the rest only once", 6),
        ("b h*_", "`_` is any size: it cannot be calculated with", 4),
        ("b -> c -> d", "unexpected `->`", 7),
        ("b t: c", "unexpected `:`", 3),
        (f"b {'9' * 5000}", "no dimension is that large", 2),
    ],
)
def test_an_error_points_at_the_character(text: str, problem: str, position: int) -> None:
    """What cannot be read is a ValueError that shows the text, and a caret below what is wrong."""
    with pytest.raises(ShapeExpressionError) as raised:
        parse(text)
    assert isinstance(raised.value, ValueError)
    assert str(raised.value) == f"{problem}\n  {text}\n  {' ' * position}^"


def test_an_error_survives_pickling() -> None:
    """Test runners send failures from process to process."""
    error = ShapeExpressionError("unexpected `)`", "b )", 2)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301 -- our own bytes
