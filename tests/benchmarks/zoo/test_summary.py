"""The report on a source counts, groups and ranks its rows."""

from benchmarks.zoo.record import Row, Task
from benchmarks.zoo.summary import Group, groups, percent, summary


def row(name: str, **fields: object) -> Row:
    """Return a row of a model in a made-up source."""
    settings: dict[str, object] = {"outcome": "captured", "rung": "meta", "seconds": 1.0, **fields}
    return Row(Task("made up", name), **settings)  # type: ignore[arg-type]


ROWS = (
    row("a", rung_reason="ValueError: no values", inferred=True, replay="equal"),
    row(
        "b", rung="real", rung_reason="needs the value 3", replay="differs", replay_reason="output 0 is off by up to 1"
    ),
    row("c", outcome="failed", rung="", reason="time: more than 60 s", seconds=60.0),
    row("d", outcome="excluded", rung="", reason="its configuration has no defaults"),
    row("e", train="ValueError: no targets", nodes=7, unknown=("mul in `head` reads 2×3",), replay="not run"),
    row("f", outcome="failed", rung="", reason="build: `f` cannot be built", seconds=0.5),
)


def test_report_says_all_that_is_in_the_rows() -> None:
    """Rungs, inputs, seconds, reasons in percent of what was tried, replay, and the slowest models."""
    assert list(summary(ROWS)) == [
        "5 models tried, 1 names excluded, 4 built",
        "captured 3 (60.0 %): 2 meta, 1 real",
        "captured 3 (75.0 %) of those that were built",
        "inputs: 1 inferred, 2 declared",
        "seconds: 64 in all, 1.00 in the middle",
        "unknown producers: 1 reads by 7 nodes",
        "failed: 2",
        "     1  20.0 %  build: … cannot be built  (f)",
        "     1  20.0 %  time: more than N s  (c)",
        "excluded: 1",
        "     1  20.0 %  its configuration has no defaults  (d)",
        "not on the first rung: 1",
        "     1  20.0 %  needs the value N  (b)",
        "on it, but built for real: 1",
        "     1  20.0 %  ValueError: no values  (a)",
        "not in train mode: 1",
        "     1  20.0 %  ValueError: no targets  (e)",
        "with unknown producers: 1",
        "     1  20.0 %  mul in … reads N  (e)",
        "replay equal 1 (50.0 %) of 2, 1 not run",
        "not replayed equal: 2",
        "     1  33.3 %  differs: output N is off by up to N  (b)",
        "     1  33.3 %  not run:  (e)",
        "slowest:",
        "     60.0 s  c",
        "      1.0 s  a",
        "      1.0 s  b",
        "      1.0 s  e",
        "      0.5 s  f",
    ]


def test_groups_are_ordered_by_size_and_name_a_few_models() -> None:
    """What concerns most models comes first, with three of them as examples."""
    pairs = [("a", "one"), *((name, "size 3") for name in "bcd"), ("e", "size 4")]
    assert groups(pairs, tried=10) == (
        Group("size N", 4, 40.0, ("b", "c", "d")),
        Group("one", 1, 10.0, ("a",)),
    )


def test_share_of_nothing_is_nothing() -> None:
    """A source without models divides by no zero."""
    assert percent(0, 0) == 0.0


def test_row_is_good_without_failure_unknown_producer_or_difference() -> None:
    """What makes the command exit 1 is told by each row."""
    assert [each.title for each in ROWS if each.is_good] == ["a", "d"]
