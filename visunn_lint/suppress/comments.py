"""The comments that suppress findings: ``# visunn: ignore[VIS301] reason``, read from the tokens of a file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from visunn_lint import source
from visunn_lint.location import Location

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visunn_lint.source import Comment

LINE, FILE = "ignore", "ignore-file"
EXAMPLE = "# visunn: ignore[VIS301] reason"

_OTHER_WORDS = frozenset({"allow", "disable", "noqa", "off", "skip", "suppress"})
_DIRECTIVE = re.compile(
    r"#\s*(?P<tool>visunn)\b\s*(?P<colon>:)?\s*(?P<word>[\w-]*)"
    r"(?P<rules>\s*\[(?P<names>[^\[\]#]*)(?P<closed>\])?)?(?P<reason>((?!\s#\s).)*)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Directive:
    """A comment that suppresses findings of some rules, which it gives by code or by name.

    ``lines`` are first and last line of the statement that it is about, None for the whole file.
    """

    place: Location
    rules: tuple[str, ...]
    reason: str
    lines: tuple[int, int] | None

    def covers(self, place: Location) -> bool:
        """Return whether a place in its file is one that it is about, or its own."""
        return self.lines is None or place.line == self.place.line or self.lines[0] <= place.line <= self.lines[1]


@dataclass(frozen=True, slots=True)
class Misspelt:
    """A comment that is meant to suppress and does not, what is wrong with it, and what to write."""

    place: Location
    problem: str
    advice: str


@source.remembered(maxsize=256)
def directives(file: str) -> tuple[Directive | Misspelt, ...]:
    """Return the suppressing comments of a file, and those that fail to be one, in order."""
    if not any("visunn" in line.lower() for line in source.lines(file)):
        return ()
    return tuple(each for comment in source.comments(file) for each in _read(file, comment))


def _read(file: str, comment: Comment) -> Iterator[Directive | Misspelt]:
    """Yield the directives in one comment; one that is code put out of use has none."""
    matches = [match for match in _DIRECTIVE.finditer(comment.text) if _is_meant(match)]
    if comment.is_alone and matches and matches[0].start() > 0:
        return
    for match in matches:
        column = comment.column + match.start()
        end = comment.column + match.end("rules" if match["rules"] else "word")
        place = Location(file, comment.line, column, comment.line, end)
        problem = _problem(match, comment)
        if problem:
            yield Misspelt(place, *problem)
        else:
            lines = None if match["word"] == FILE else _lines(file, comment)
            yield Directive(place, _names(match), match["reason"].strip(" \t:-\N{EN DASH}—"), lines)


def _is_meant(match: re.Match[str]) -> bool:
    """Return whether a mention of visunn is an attempt to suppress, and not just a word about it."""
    word = match["word"].lower()
    if match["rules"]:
        return bool(match["colon"] or _closest(word))
    return bool(match["colon"]) and bool(_closest(word) or word in _OTHER_WORDS)


def _problem(match: re.Match[str], comment: Comment) -> tuple[str, str] | None:
    """Return what is wrong with a directive and what to write instead, None if it is right."""
    word = match["word"]
    names = ", ".join(_CODE.sub(lambda code: code[0].upper(), name) for name in _names(match)) or "VIS301"
    right = f"write `# visunn: {_closest(word.lower()) or LINE}[{names}]`"
    if match["tool"] != "visunn" or not match["colon"] or word not in {LINE, FILE}:
        text = match[0][: match.end("word") - match.start()]
        return f"`{text}` suppresses nothing: that is not how it is spelt", right
    if not _names(match):
        return f"`# visunn: {word}` does not say which rule, and suppresses nothing", f"{right}, with the rule's code"
    if not match["closed"]:
        return f"`# visunn: {word}[{match['names'].strip()}` lacks the closing bracket, and suppresses nothing", right
    if word == FILE and not comment.is_alone:
        return f"`# visunn: {FILE}` stands behind code, and suppresses nothing", "put it on a line of its own"
    return None


_CODE = re.compile(r"vis\d+", re.IGNORECASE)


def _closest(word: str) -> str:
    return next(iter(get_close_matches(word, (LINE, FILE), n=1)), "")


def _names(match: re.Match[str]) -> tuple[str, ...]:
    names = (name.strip() for name in (match["names"] or "").split(","))
    return tuple(dict.fromkeys(name for name in names if name))


def _lines(file: str, comment: Comment) -> tuple[int, int]:
    """Return the lines of the statement that a comment stands on, in, or right above; its own if there is none."""
    around = source.statement_span(file, comment.line)
    if around is not None:
        return around
    alone = {each.line for each in source.comments(file) if each.is_alone}
    below = comment.line + 1
    while below in alone:
        below += 1
    return source.statement_span(file, below) or (comment.line, comment.line)
