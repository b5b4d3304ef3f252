"""Optional arguments that a failure asks for: named in its message, or None in the code that it came from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from visunn_lint.pipeline.inputs.signature import parameters

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from torch import nn

    from visunn_lint.records import Failure

_NAME = re.compile(r"[A-Za-z_]\w*")
_OF_NONE = re.compile(r"\bNoneType\b|\bis None\b|\bnone\b|(?<!not )\bNone\b")
_STATED = re.compile(r"[Ss]pecify|required|provide|missing|must be|have to|need|expected|not be none|cannot be None")
_DERIVED = re.compile(r"(\w+_)?(embeds|embeddings|outputs|past_key_values|cache|hidden_states|latents|codes)")
"""Arguments that another model makes: what they are made from is the better input."""
_SETTINGS = re.compile(r"(output|return|use|do)_\w+|training|interpolate_pos_encoding|kwargs|args|self")


def missing(failure: Failure, code: Sequence[str], model: nn.Module, given: Container[str]) -> Iterator[str]:
    """Yield the optional parameters that a failure may be for want of, the likeliest first."""
    optional = [each.name for each in parameters(model) if each.default is None]
    absent = [name for name in optional if name not in given and not _SETTINGS.fullmatch(name)]
    if not absent:
        return
    texts = [failure.message] if _STATED.search(failure.message) else []
    texts += code if _OF_NONE.search(failure.message) else []
    named = [name for text in texts for name in _NAME.findall(text) if name in absent]
    yield from sorted(dict.fromkeys(named), key=lambda name: _DERIVED.fullmatch(name) is not None)
