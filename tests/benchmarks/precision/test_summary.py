"""The report counts findings by rule and by kind, and says what could not be checked."""

from pathlib import Path

from benchmarks.precision.record import Row, Said, append_row, read_rows
from benchmarks.precision.summary import summary

_HERE = Said("VIS110", "recycled-layer", "info", "relu", "`relu` is called twice", "net.py:7:1")
_THERE = Said("VIS110", "recycled-layer", "info", "", "the model is called twice", "other.py:2:1")
_ROWS = (
    Row("made up", "a", findings=(_HERE, _THERE)),
    Row("made up", "b", findings=(_HERE,)),
    Row("made up", "c"),
    Row("made up", "d", reason="takes too long\nreally"),
)


def test_the_report_counts_kinds_of_findings() -> None:
    """Findings at one line are one kind; rates are per thousand models that were checked."""
    assert list(summary(_ROWS, examples=1)) == [
        "3 models checked, 1 not",
        "  d: takes too long",
        "VIS110 recycled-layer [info]: 3 in 2 models, 1000 per thousand models",
        "     2 models, a: `relu` is called twice  (net.py:7:1)",
        "       and 1 kinds more",
    ]


def test_a_record_gives_back_what_was_put_in(tmp_path: Path) -> None:
    """One row after the other; a record that is not there is empty."""
    file = tmp_path / "rows.jsonl"
    assert list(read_rows(file)) == []
    for row in _ROWS:
        append_row(file, row)
    assert tuple(read_rows(file)) == _ROWS
