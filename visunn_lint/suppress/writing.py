"""Suppressing comments written into source files, which else stay as they are: encoding, line ends, formatting."""

from __future__ import annotations

import re
import tokenize
from collections import defaultdict
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from visunn_lint import source
from visunn_lint.errors import VisunnError
from visunn_lint.suppress.comments import LINE, Directive, directives
from visunn_lint.suppress.files import replace_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")
_F_STRING_STARTS, _F_STRING_ENDS = ("FSTRING_START", "TSTRING_START"), ("FSTRING_END", "TSTRING_END")


def add_comments(file: str, codes_by_line: Mapping[int, Iterable[str]], reason: str = "") -> int:
    """Write comments that suppress these rules on these lines, and return how many were written or extended.

    A comment goes behind the line, or behind the end of its statement where that is not possible; one
    that is there already gets the new codes. Raises VisunnError if the file has changed since it
    was read, cannot hold the reason, or cannot be written; it is then as before.
    """
    encoding, texts, ends = _read(file)
    wanted: defaultdict[tuple[int, int], dict[int, set[str]]] = defaultdict(dict)
    for line, codes in codes_by_line.items():
        wanted[source.statement_span(file, line) or (line, line)][line] = set(codes)
    for span, by_line in wanted.items():
        _suppress(file, span, by_line, _checked(reason), texts)
    text = "".join(map("".join, zip(texts, ends, strict=True)))
    try:
        data = text.encode(encoding)
    except UnicodeEncodeError:
        message = f"the reason cannot be written into {file}, which is in {encoding}"
        raise VisunnError(message, hint="give one in ASCII") from None
    replace_file(Path(file), data)
    return len(wanted)


def _checked(reason: str) -> str:
    """Return a reason on one line; raises VisunnError for one that would end the comment and begin another."""
    text = " ".join(reason.split())
    if re.search(r"(^|\s)#(\s|$)|#\s*visunn", text, re.IGNORECASE) or not text.isprintable():
        message = f"{reason!r} cannot be the reason in a comment"
        raise VisunnError(message, hint="give one without `#`")
    return text


def _read(file: str) -> tuple[str, list[str], list[str]]:
    """Return the encoding of a file, its lines, and their ends; raises VisunnError if it is not as it was checked."""
    try:
        data = Path(file).read_bytes()
        encoding = tokenize.detect_encoding(BytesIO(data).readline)[0]
        found = _LINE.findall(data.decode(encoding))
    except (OSError, SyntaxError, UnicodeDecodeError) as error:
        message = f"cannot add comments to {file}: {error}"
        raise VisunnError(message) from None
    if len(found) > 1 and found[-2][1] == "":
        found.pop()  # the empty match behind a last line that has no end
    texts, ends = [text for text, _ in found], [end for _, end in found]
    if tuple(texts) != source.lines(file):
        message = f"{file} has changed since it was checked"
        raise VisunnError(message, hint="run it again")
    return encoding, texts, ends


def _suppress(
    file: str, span: tuple[int, int], codes_by_line: Mapping[int, set[str]], reason: str, texts: list[str]
) -> None:
    """Change the lines of a file so that a comment suppresses some rules in the statement of a span."""
    codes = set().union(*codes_by_line.values())
    there = next((each for each in directives(file) if isinstance(each, Directive) and each.lines == span), None)
    if there is not None:
        row = there.place.line - 1
        texts[row] = _extended(texts[row], there, codes, reason)
        return
    row = min(_free_lines(file) & set(codes_by_line), default=span[1]) - 1
    comment = f"# visunn: {LINE}[{', '.join(sorted(codes))}] {reason}".rstrip()
    texts[row] = f"{texts[row].rstrip()}  {comment}"


def _extended(text: str, there: Directive, codes: set[str], reason: str) -> str:
    """Return a line with more codes in the directive that it has, and the reason if that has none."""
    start, end = there.place.column - 1, there.place.end_column - 1
    names = [*there.rules, *sorted(codes - set(there.rules))]
    why = f" {reason}" if reason and not there.reason else ""
    return f"{text[:start]}# visunn: {LINE}[{', '.join(names)}]{why}{text[end:]}"


def _free_lines(file: str) -> set[int]:
    """Return the lines with code that a comment may end: not within a string, not before a continuation."""
    free, depth, row = set(), 0, 0
    for token in source.tokens(file):
        name = tokenize.tok_name[token.type]
        depth += (name in _F_STRING_STARTS) - (name in _F_STRING_ENDS)
        if token.type in {tokenize.NEWLINE, tokenize.NL}:
            if depth == 0 and row == token.start[0]:
                free.add(row)
        elif token.type != tokenize.COMMENT:
            row = token.end[0]
    return free
