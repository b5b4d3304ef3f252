"""Messages of errors, made alike where they tell of the same thing."""

from __future__ import annotations

import re

_LONGEST = 110

_FURTHEST = re.compile(
    r"(?:cannot tell the inputs of|\w+\.forward\(.*raises).*?: (?=\w+(?:Error|Exception|Exit|Warning)\b)"
)
_PLACE = re.compile(r" \([^()]*\.py:\d+\)")
_OPERANDS = re.compile(r" in (\w+)\([^()]*\)$")
_PARTICULARS = (
    (re.compile(r"`[^`]*`|'[^']*'|\"[^\"]*\""), "…"),
    (re.compile(r"\[[-\d,. ]*\]|\((?:\d+, ?)+\d*\)"), "[…]"),
    (re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:[x×]\d+)*(?!\w)"), "N"),
    (re.compile(r"<[^<>]*>"), "<…>"),
    (re.compile(r"/\S+"), "…"),
)


def kind_of(message: str) -> str:
    """Return a message in one line, without the numbers, names and places that differ from model to model.

    Of inputs that could not be inferred, what forward raised is the message, and the op that it
    raised in stays.
    """
    text = _PLACE.sub("", _FURTHEST.sub("", " ".join(message.split())))
    found = _OPERANDS.search(text)
    text = text[: found.start()] if found else text
    for pattern, stands_for in _PARTICULARS:
        text = pattern.sub(stands_for, text)
    text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return f"{text} [{found[1]}]" if found else text
