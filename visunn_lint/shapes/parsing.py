"""From text to a shape expression.

::

    expression = [tensors] "->" [tensors] | tensors      without an arrow: the outputs
    tensors    = tensor {"," tensor}
    tensor     = [slot ":"] (dims | "()")
    dims       = dim {dim}                               spaces between them
    dim        = "_" | "..." | sum
    sum        = product {("+" | "-") product}
    product    = operand {("*" | "/" | "//") operand}
    operand    = number | name | "(" sum ")"
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NoReturn, cast

from visunn_lint.shapes.errors import IS_OF_EXPRESSION, ShapeExpressionError
from visunn_lint.shapes.terms import Anything, Name, Number, Operation, Rest, ShapeExpression, Tensor
from visunn_lint.text import whole_number

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from visunn_lint.shapes.terms import Dim, Operator, Term

__tracebackhide__ = IS_OF_EXPRESSION

_TOKEN = re.compile(r"->|\.\.\.|//|[-+*/(),]|\d+|[^\W\d]\w*|\S")
_SLOT = re.compile(r"\s*(\w+(?:\.\w+)*)\s*:")
_END = ""
_SUMS = frozenset({"+", "-"})
_PRODUCTS = frozenset({"*", "/", "//"})


@lru_cache(maxsize=1024)
def parse(text: str) -> ShapeExpression:
    """Return the expression that a text holds; raises ShapeExpressionError, pointing at the character."""
    return _Parser(text).expression()


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int

    @property
    def is_name(self) -> bool:
        return self.text.isidentifier()

    @property
    def starts_operand(self) -> bool:
        return self.is_name or self.text.isdecimal() or self.text == "("


class _Parser:
    """Reads one text from left to right; ``_position`` is where it stands."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0

    def expression(self) -> ShapeExpression:
        first = self._tensors(before={"->", _END})
        if self._peek().text == _END:
            if not first:
                self._fail("the expression is empty", self._peek())
            return ShapeExpression((), first, self._text)
        self._next()
        outputs = self._tensors(before={_END})
        if not first and not outputs:
            self._fail("nothing stands on either side of the arrow", self._peek())
        return ShapeExpression(first, outputs, self._text)

    def _tensors(self, before: Collection[str]) -> tuple[Tensor, ...]:
        if self._peek().text in before:
            return ()
        found = [self._tensor()]
        while self._peek().text == ",":
            self._next()
            found.append(self._tensor())
        if self._peek().text not in before:
            self._fail_at(self._peek())
        return tuple(found)

    def _tensor(self) -> Tensor:
        slot = _SLOT.match(self._text, self._position)
        if slot:
            self._position = slot.end()
        name = slot[1] if slot else ""
        if self._text[self._peek().start :].startswith("()"):
            self._position = self._peek().start + 2
            return Tensor((), name)
        return Tensor(self._dims(), name)

    def _dims(self) -> tuple[Dim, ...]:
        dims: list[Dim] = []
        while self._peek().starts_operand or self._peek().text == "...":
            token = self._peek()
            dims.append(self._dim())
            if isinstance(dims[-1], Rest) and dims.count(Rest()) > 1:
                self._fail("`...` can stand for the rest only once", token)
        if not dims:
            self._fail_at(self._peek())
        return tuple(dims)

    def _dim(self) -> Dim:
        token = self._peek()
        if token.text not in {"_", "..."}:
            return self._sum()
        self._next()
        return Anything() if token.text == "_" else Rest()

    def _sum(self) -> Term:
        return self._chain(_SUMS, self._product)

    def _product(self) -> Term:
        return self._chain(_PRODUCTS, self._operand)

    def _chain(self, operators: Collection[str], operand: Callable[[], Term]) -> Term:
        """Return operands joined from left to right by some operators."""
        term = operand()
        while self._peek().text in operators:
            operator = cast("Operator", self._next().text)
            term = Operation(operator, term, operand())
        return term

    def _operand(self) -> Term:
        token = self._next()
        if token.text.isdecimal():
            return self._number(token)
        if token.text == "_":
            self._fail("`_` is any size: it cannot be calculated with", token)
        if token.is_name:
            return Name(token.text, token.start)
        if token.text != "(":
            self._fail_at(token)
        inside = self._sum()
        closing = self._next()
        if closing.text != ")":
            self._fail("expected `)`" if closing.text == _END else f"expected `)`, not `{closing.text}`", closing)
        return inside

    def _number(self, token: _Token) -> Number:
        follower = self._peek()
        if follower.is_name and follower.start == token.start + len(token.text):
            problem = f"put a space or an operator between `{token.text}` and `{follower.text}`"
            self._fail(problem, follower)
        number = whole_number(token.text)
        if number is None:
            self._fail("no dimension is that large", token)
        return Number(number)

    def _peek(self) -> _Token:
        match = _TOKEN.search(self._text, self._position)
        return _Token(match[0], match.start()) if match else _Token(_END, len(self._text))

    def _next(self) -> _Token:
        token = self._peek()
        self._position = token.start + len(token.text)
        return token

    def _fail_at(self, token: _Token) -> NoReturn:
        if token.text == _END:
            self._fail("expected a dimension, and the expression ends", token)
        self._fail(f"unexpected `{token.text}`", token)

    def _fail(self, problem: str, token: _Token) -> NoReturn:
        raise ShapeExpressionError(problem, self._text, token.start)
