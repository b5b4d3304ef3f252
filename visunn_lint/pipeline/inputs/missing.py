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
_DERIVED = re.compile(r"(\w+_)?(embeds|embeddings|hidden_states|latents|codes)")
"""Arguments that another model makes: what they are made from is the better input."""
_NO_TENSORS = re.compile(
    r"(output|return|use|do)_\w+|training|interpolate_pos_encoding|kwargs|args|self"
    r"|(\w+_)?(outputs|past_key_values|cache|cache_params|inference_session)"
)


def missing(failure: Failure, code: Sequence[str], model: nn.Module, given: Container[str]) -> Iterator[str]:
    """Yield the optional parameters that a failure may be for want of, the likeliest first.

    What has been given may be named by a part of the model to which it has come under another
    name: ``decoder_input_ids`` as ``input_ids``.
    """
    optional = [each.name for each in parameters(model) if each.default is None]
    absent = [name for name in optional if name not in given and not _NO_TENSORS.fullmatch(name)]
    if not absent:
        return
    texts = [] if failure.op else [failure.message]
    texts += code if _is_of_none(failure) else []
    words = [name for text in texts for name in _NAME.findall(text)]
    said = [*words, *(name.lower() for name in words if name[0].isupper())]  # one that begins a sentence
    named = [name for name in said if name in absent]
    of_parts = [name for part in said if "_" in part for name in absent if name.endswith(f"_{part}")]
    likely = [*of_parts, *named] if any(name in given for name in said) else [*named, *of_parts]
    yield from sorted(dict.fromkeys(likely), key=lambda name: _DERIVED.fullmatch(name) is not None)


def _is_of_none(failure: Failure) -> bool:
    """Return whether something failed for being None; what torch says of an embedding of None is not that."""
    is_empty_lookup = failure.op == "aten::embedding" and len(failure.operands) == 1
    return is_empty_lookup or _OF_NONE.search(failure.message) is not None
