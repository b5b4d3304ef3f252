"""The record says what has been done, so that a run goes on where another one ended."""

from pathlib import Path

from benchmarks.zoo.record import Row, Task, append_rows, read_rows, still_to_do, without_bad

FIRST = Row(Task("timm", "vit"), "captured", rung="meta", unknown=("mul in `` reads 2×3",), seconds=0.5)
SECOND = Row(Task("timm", "swin", conventions=False), "failed", reason="time: more than 60 s")


def test_no_record_has_no_rows(tmp_path: Path) -> None:
    """A file that is not there yet is an empty record."""
    assert read_rows(tmp_path / "zoo.jsonl") == []


def test_rows_come_back_as_they_were_written(tmp_path: Path) -> None:
    """Every field goes through JSON and back, whatever the number of times the file is added to."""
    file = tmp_path / "zoo.jsonl"
    append_rows(file, [FIRST])
    append_rows(file, [SECOND])
    assert read_rows(file) == [FIRST, SECOND]


def test_line_that_was_cut_off_is_written_again(tmp_path: Path) -> None:
    """A run that is killed while it writes costs that one row."""
    file = tmp_path / "zoo.jsonl"
    append_rows(file, [FIRST, SECOND])
    file.write_bytes(file.read_bytes()[:-10])
    assert read_rows(file) == [FIRST]
    append_rows(file, [SECOND])
    assert read_rows(file) == [FIRST, SECOND]


def test_task_on_record_is_not_done_again() -> None:
    """What has a row is left out, and what is named twice is done once."""
    tasks = [FIRST.task, SECOND.task, Task("timm", "vit", replay=True), SECOND.task]
    assert still_to_do(tasks, [FIRST]) == [SECOND.task, Task("timm", "vit", replay=True)]


def test_latest_row_of_a_model_counts(tmp_path: Path) -> None:
    """What failed and was run again has one row: the second."""
    file = tmp_path / "zoo.jsonl"
    again = Row(SECOND.task, "captured", rung="meta")
    append_rows(file, [SECOND, FIRST])
    append_rows(file, [again])
    assert read_rows(file) == [again, FIRST]


def test_tasks_with_a_bad_row_are_to_be_done_again() -> None:
    """One bad model of a file takes the good ones of that file with it."""
    good = Row(Task("timm", "vit"), "captured")
    rows = [good, Row(Task(".", "a.py"), "captured", "Net"), Row(Task(".", "a.py"), "failed", "Other")]
    assert without_bad(rows) == [good]
