"""A lock file holds outlines, a line for each module, and gives back what was written."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visunn_lint.errors import ConfigError
from visunn_lint.lockfile import lock_text, read_lock, write_lock
from visunn_lint.outline import Entry, Outline

MODEL = Outline(
    "2x3",
    8,
    {
        "": Entry("Net", calls=("float32[2,3] -> float32[2,2]",)),
        "fc": Entry("torch.nn.Linear", {"in_features": 3}, {"weight": "float32[2,3]"}),
    },
    {"<x>": ("fc",), "fc": ("<out.0>",)},
)


def test_text_has_a_line_for_each_module() -> None:
    """Empty fields are left out, so that a change is the change of a line."""
    assert lock_text({"net": MODEL}).splitlines() == [
        "{",
        '"version": 1,',
        '"models": {',
        '"net": {',
        '"inputs": "2x3",',
        '"parameters": 8,',
        '"modules": {',
        '  "": {"kind": "Net", "calls": ["float32[2,3] -> float32[2,2]"]},',
        '  "fc": {"kind": "torch.nn.Linear", "arguments": {"in_features": 3}, "params": {"weight": "float32[2,3]"}}',
        "},",
        '"feeds": {',
        '  "<x>": ["fc"],',
        '  "fc": ["<out.0>"]',
        "}",
        "}",
        "}",
        "}",
    ]


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3).map(tuple),
    max_leaves=4,
)
ENTRIES = st.builds(
    Entry,
    st.text(max_size=9),
    st.dictionaries(st.text(max_size=4), VALUES, max_size=3),
    st.dictionaries(st.text(max_size=4), st.text(max_size=9), max_size=2),
    calls=st.lists(st.text(max_size=9), max_size=2).map(tuple),
)
OUTLINES = st.builds(
    Outline,
    st.text(max_size=9),
    st.integers(0, 1 << 40),
    st.dictionaries(st.text(max_size=9), ENTRIES, max_size=4),
    st.dictionaries(st.text(max_size=9), st.lists(st.text(max_size=4), max_size=2).map(tuple), max_size=3),
)


@given(st.dictionaries(st.text(max_size=6), OUTLINES, max_size=3))
def test_what_is_read_is_what_was_written(tmp_path_factory: pytest.TempPathFactory, models: dict[str, Outline]) -> None:
    """Whatever modules are called and arguments hold; the text is JSON, and the same for the same models."""
    file = tmp_path_factory.getbasetemp() / "round.lock"
    write_lock(file, models)
    text = file.read_text(encoding="utf-8")
    json.loads(text)
    assert read_lock(file) == models
    assert lock_text(read_lock(file)) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is no lock file: Input data was truncated"),
        ('{"version": 2, "models": {}}', "is of version 2, this release reads 1"),
        ('{"version": 1, "models": {"net": {}}}', "is no lock file: Object missing required field `inputs`"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, text: str, message: str) -> None:
    """In one line, which says what to do."""
    file = tmp_path / "visunn.lock"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        read_lock(file)
    assert error.value.message.startswith(f"{file} {message}")
    assert error.value.hint == "run `visunn lock` to write it anew"


def test_file_that_cannot_be_written(tmp_path: Path) -> None:
    """Is told, and leaves nothing behind."""
    with pytest.raises(ConfigError, match="cannot write"):
        write_lock(tmp_path / "missing" / "visunn.lock", {})
    assert list(tmp_path.iterdir()) == []
