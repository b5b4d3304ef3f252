"""A document as bytes of JSON, and back."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from visunn_lint.document.checking import check
from visunn_lint.document.records import Document
from visunn_lint.errors import DataError

_DECODER: Final = msgspec.json.Decoder(Document)
_ENCODER: Final = msgspec.json.Encoder()


def encode(document: Document) -> bytes:
    """Return a document as UTF-8 JSON without spaces; one document always gives the same bytes."""
    return _ENCODER.encode(document)


def decode(data: bytes) -> Document:
    """Return the document that some bytes hold.

    Raises DataError, one line, for anything that is none: JSON that is malformed or nested too deeply,
    fields of another type, ids that lead nowhere.
    """
    try:
        document = _DECODER.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        message = f"not a document of visunn's: {error}"
        raise DataError(message, hint="write it anew: visunn export MODEL --to json") from None
    check(document)
    return document


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a document."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(Document)}
