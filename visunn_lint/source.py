"""The only reader of source files: lines, comments, spans of statements, where an attribute is assigned."""

from __future__ import annotations

import ast
import contextlib
import inspect
import os
import tokenize
import warnings
from dataclasses import dataclass, replace
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING, Any, Final, NamedTuple, ParamSpec, TypeVar

from visunn_lint.location import Location, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_P = ParamSpec("_P")
_T = TypeVar("_T")

_REGISTERING = frozenset({"add_module", "register_module", "register_buffer", "register_parameter"})
_SCOPES = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_INVISIBLE = frozenset({tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER})


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment from its ``#`` to the end of its line; ``is_alone`` says that no code stands before it."""

    line: int
    column: int
    text: str
    is_alone: bool


_caches: Final[list[Callable[[], None]]] = []
_written: Final[dict[str, tuple[int, int] | None]] = {}
"""When each file was written that has been read, and its size then; None for one that was not there."""


def remembered(maxsize: int) -> Callable[[Callable[_P, _T]], Callable[_P, _T]]:
    """Let a function remember what it says of files, until they have been written; see ``refresh``."""

    def decorate(function: Callable[_P, _T]) -> Callable[_P, _T]:
        cached = lru_cache(maxsize)(function)
        _caches.append(cached.cache_clear)
        return cached  # type: ignore[return-value]  # whose arguments can all be hashed

    return decorate


def forget() -> None:
    """Forget what files held: some have been written."""
    for clear in _caches:
        clear()
    _written.clear()


def refresh() -> None:
    """Forget what files held if one of them has been written since: a notebook lives long."""
    if any(_status(file) != before for file, before in list(_written.items())):
        forget()


def _status(file: str) -> tuple[int, int] | None:
    try:
        found = os.stat(file)  # noqa: PTH116 -- a text, once for each file at each call
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size


class FunctionSyntax(NamedTuple):
    """The syntax tree of a function, its file, and by how many lines and columns the tree is off."""

    tree: ast.AST
    file: str = ""
    lines: int = 0
    columns: int = 0


@remembered(maxsize=256)
def lines(file: str) -> tuple[str, ...]:
    """Return the lines of a file without their ends; nothing for a file that cannot be read.

    The encoding is what Python would take; bytes that do not fit it are replaced.
    """
    path = Path(file)
    _written[file] = _status(file)
    try:
        if not path.is_file():  # a pipe would keep us waiting
            return ()
        data = path.read_bytes()
    except (OSError, ValueError):
        return ()
    text = data.decode(_encoding(data), errors="replace")
    return tuple(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))


def line(file: str, number: int) -> str | None:
    """Return one line, counted from 1; None if the file has no such line."""
    found = lines(file)
    return found[number - 1] if 0 < number <= len(found) else None


def quoted(place: Location) -> str:
    """Return a place as an editor opens it, seen from the working directory, and what stands in that line."""
    return f"{shown(place)}   {(line(place.file, place.line) or '').strip()}".rstrip()


def in_characters(place: Location) -> Location:
    """Return a place as editors count its columns, of one that counts the bytes of UTF-8 as Python does."""
    column = _characters(place.file, place.line, place.column)
    end_column = _characters(place.file, place.end_line, place.end_column)
    if (column, end_column) == (place.column, place.end_column):
        return place
    return replace(place, column=column, end_column=end_column)


def statement_span(file: str, number: int) -> tuple[int, int] | None:
    """Return first and last line of the statement that covers a line, None if none does.

    Of a compound statement (``if``, ``with``, ``def``) only the head counts, its decorators with
    it. Statements on one line are one.
    """
    return next((span for span in statement_spans(file) if span[0] <= number <= span[1]), None)


@remembered(maxsize=256)
def statement_spans(file: str) -> tuple[tuple[int, int], ...]:
    """Return first and last line of every statement in order; see ``statement_span``."""
    spans: list[tuple[int, int]] = []
    start, is_decorator, is_decorated = 0, False, False
    for token in tokens(file):
        if token.type in _INVISIBLE:
            continue
        if not start:
            start, is_decorator = token.start[0], token.string == "@"
        if token.type == tokenize.NEWLINE:
            first = spans.pop()[0] if is_decorated else start
            spans.append((first, token.start[0]))
            start, is_decorated = 0, is_decorator
    return tuple(spans)


def scope_span(file: str, number: int) -> tuple[int, int] | None:
    """Return first and last line of the innermost class that holds a line, else of the function; None for neither."""
    nodes = [node for node in ast.walk(_parsed(file)) if isinstance(node, _SCOPES)]
    holding = [node for node in nodes if _whole(node)[0] <= number <= _whole(node)[1]]
    classes = [node for node in holding if isinstance(node, ast.ClassDef)]
    sizes = (_whole(node) for node in classes or holding)
    return min(sizes, key=lambda span: span[1] - span[0], default=None)


@remembered(maxsize=256)
def comments(file: str) -> tuple[Comment, ...]:
    """Return the comments of a file in order; what looks like one within a string is none."""
    return tuple(
        Comment(row, column + 1, token.string, not lines(file)[row - 1][:column].strip())
        for token in tokens(file)
        if token.type == tokenize.COMMENT
        for row, column in [token.start]
    )


@remembered(maxsize=16)
def tokens(file: str) -> tuple[tokenize.TokenInfo, ...]:
    """Return the tokens of a file, of a broken one those before its error."""
    text = iter(f"{line}\n" for line in lines(file))
    found: list[tokenize.TokenInfo] = []
    with contextlib.suppress(tokenize.TokenError, SyntaxError):
        found.extend(tokenize.generate_tokens(lambda: next(text, "")))
    return tuple(found)


@remembered(maxsize=256)
def function_syntax(function: Callable[..., Any]) -> FunctionSyntax:
    """Return the syntax of a function of a file or a notebook; an empty tree where it cannot be read."""
    try:
        found, first = inspect.getsourcelines(function)
        indent = len(found[0]) - len(found[0].lstrip())
        tree = ast.parse(dedent("".join(found)))
        return FunctionSyntax(tree, inspect.getsourcefile(function) or "", first - 1, indent)
    except (OSError, SyntaxError, TypeError):
        return FunctionSyntax(ast.Module([], []))


@remembered(maxsize=4096)
def assignment_line(file: str, class_name: str, attribute: str) -> Location | None:
    """Return where a class first assigns ``self.<attribute>``, or registers it under that name, in columns of bytes.

    ``class_name`` may be qualified (``Outer.Inner``, ``build.<locals>.Net``). None if nothing in the
    class's body does, or if the file cannot be parsed.
    """
    for qualified, body in _classes(file):
        if class_name not in (qualified, qualified.rpartition(".")[2]):
            continue
        for node in ast.walk(body):
            if isinstance(node, ast.stmt) and _assigns(node, attribute):
                return _location(file, node)
    return None


def _encoding(data: bytes) -> str:
    try:
        return tokenize.detect_encoding(BytesIO(data).readline)[0]
    except SyntaxError:
        return "utf-8-sig"


@remembered(maxsize=256)
def _parsed(file: str) -> ast.Module:
    try:
        with warnings.catch_warnings(action="ignore"):
            return ast.parse("\n".join(lines(file)))
    except (SyntaxError, ValueError, RecursionError):
        return ast.Module([], [])


def _whole(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[int, int]:
    """Return first and last line of a class or a function, its decorators included."""
    first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
    return first, node.end_lineno or node.lineno


@remembered(maxsize=256)
def _classes(file: str) -> tuple[tuple[str, ast.ClassDef], ...]:
    return tuple(_classes_in(_parsed(file), ""))


def _classes_in(node: ast.AST, prefix: str) -> Iterator[tuple[str, ast.ClassDef]]:
    """Yield the classes below a node with their qualified names, as ``__qualname__`` has them."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield f"{prefix}{child.name}", child
            yield from _classes_in(child, f"{prefix}{child.name}.")
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _classes_in(child, f"{prefix}{child.name}.<locals>.")
        else:
            yield from _classes_in(child, prefix)


def _assigns(node: ast.stmt, attribute: str) -> bool:
    if isinstance(node, ast.Assign):
        return any(_is_own(target, attribute) for each in node.targets for target in _unpacked(each))
    if isinstance(node, ast.AnnAssign):
        return node.value is not None and _is_own(node.target, attribute)
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and _registers(node.value, attribute)


def _unpacked(target: ast.expr) -> list[ast.expr]:
    return target.elts if isinstance(target, ast.Tuple | ast.List) else [target]


def _is_own(target: ast.expr, attribute: str) -> bool:
    return (
        isinstance(target, ast.Attribute)
        and target.attr == attribute
        and isinstance(target.value, ast.Name)
        and target.value.id == "self"
    )


def _registers(call: ast.Call, attribute: str) -> bool:
    named = [keyword.value for keyword in call.keywords if keyword.arg == "name"]
    return (
        isinstance(call.func, ast.Attribute)
        and call.func.attr in _REGISTERING
        and any(isinstance(name, ast.Constant) and name.value == attribute for name in [*call.args[:1], *named])
    )


def _location(file: str, node: ast.stmt) -> Location:
    """Return the span of a statement."""
    end_line = node.end_lineno or node.lineno
    return Location(file, node.lineno, node.col_offset + 1, end_line, (node.end_col_offset or 0) + 1)


def _characters(file: str, number: int, column: int) -> int:
    """Return a column that counts bytes as one that counts characters; 0 for one that is not known."""
    text = line(file, number) or ""
    if text.isascii() or not column:
        return column
    return len(text.encode("utf-8", "surrogatepass")[: column - 1].decode("utf-8", "replace")) + 1
