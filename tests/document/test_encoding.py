"""A document is the same bytes each time, and bytes that are none are refused in one line."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import jsonschema
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

import visunn_lint
from tests.document.documents import HERE, document, of_name
from visunn_lint.document import decode, encode
from visunn_lint.document.encoding import schema
from visunn_lint.errors import DataError


class Net(nn.Module):
    """A layer, an op and a skip."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        """Return the sum of both."""
        return torch.relu(self.linear(x)) + x


SMALL = encode(document(visunn_lint.trace(Net(), inputs="2x4")))


def test_one_model_gives_one_text() -> None:
    """Captured twice, a model is written down to the same bytes."""
    once, again = (encode(document(of_name("resnet18"))) for _ in range(2))
    assert once == again


@pytest.mark.parametrize("name", ["resnet18", "googlenet"])
def test_a_document_fits_its_schema(name: str) -> None:
    """The published schema is one, and takes what is written."""
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.Draft202012Validator(schema()).validate(json.loads(encode(document(of_name(name)))))


def test_no_path_of_this_machine_is_in_it() -> None:
    """Files are as seen from the project, and from the packages they are installed in."""
    written = encode(document(of_name("resnet18"))).decode()
    assert str(HERE) not in written
    assert json.loads(written)["files"] == ["torchvision/models/resnet.py"]


@given(st.integers(0, len(SMALL) - 1))
def test_a_cut_document_is_refused(length: int) -> None:
    """Wherever it ends too early."""
    assert_refused(SMALL[:length])


@given(st.integers(0, len(SMALL) - 1), st.integers(0, 255))
def test_a_damaged_byte_is_no_crash(at: int, byte: int) -> None:
    """It is a document still, or refused."""
    with suppress(DataError):
        decode(SMALL[:at] + bytes([byte]) + SMALL[at + 1 :])


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=10))
def test_a_value_of_another_type_is_refused(value: object) -> None:
    """Where boxes should be, any other JSON is refused."""
    assert_refused(json.dumps({**json.loads(SMALL), "boxes": value}).encode())


def _set(path: str, value: object) -> bytes:
    """Return the small document with one thing in it replaced, ``boxes.1.parent``."""
    found: Any = json.loads(SMALL)
    changed = found
    *way, last = path.split(".")
    for step in way:
        found = found[int(step) if isinstance(found, list) else step]
    found[int(last) if isinstance(found, list) else last] = value
    return json.dumps(changed).encode()


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("edges.0.0", 99, "there is no box 99"),
        ("edges.0.2", 99, "there is no spec 99"),
        ("edges.0", [0, 1, 0], "an edge from box 0 to box 1"),
        ("edges.0", [1, 1, 0], "an edge from box 1 to box 1"),
        ("boxes.1.module", 99, "there is no module 99"),
        ("boxes.1.source", [99, 1], "there is no file 99"),
        ("boxes.1.parent", 2, "box 1 lies in box 2"),
        ("boxes.1.parent", -1, "box 1 lies in box -1"),
        ("boxes.0.parent", 0, "box 0 lies in box 0"),
        ("boxes.1.inputs", [["x", 99]], "there is no spec 99"),
        ("modules.1.parent", 1, "module 1 lies in module 1"),
        ("boxes", [], "no boxes"),
        ("folds", [{"members": [1]}], "a fold of the boxes [1]"),
        ("folds", [{"members": [0, 1]}], "a fold of the boxes [0, 1]"),
        ("folds", [{"members": [1, 99]}], "there is no box 99"),
        ("format", "visunn.graph/2", "Invalid enum value 'visunn.graph/2' - at `$.format`"),
        ("boxes.1.x", float("nan"), "JSON is malformed: invalid character (byte "),
        ("boxes.1.rank", -1, "Expected `int` >= 0 - at `$.boxes[1].rank`"),
        ("boxes.1.label", 5, "Expected `str`, got `int` - at `$.boxes[1].label`"),
    ],
)
def test_what_is_wrong_with_a_document_is_told(path: str, value: object, message: str) -> None:
    """In one line that names the place."""
    with pytest.raises(DataError) as refused:
        decode(_set(path, value))
    assert refused.value.message.startswith(f"not a document of visunn's: {message}")


@pytest.mark.parametrize("data", [b"[" * 100_000, b'{"boxes":' * 100_000, b"", b"\xff\xfe", b"null", b"1e999"])
def test_what_is_no_document_at_all_is_refused(data: bytes) -> None:
    """Nested too deeply, empty, in another encoding, or another value."""
    assert_refused(data)


def assert_refused(data: bytes) -> None:
    """Fail unless bytes are refused in one line."""
    with pytest.raises(DataError) as refused:
        decode(data)
    assert refused.value.message.isprintable()
