"""The comparison of first rungs runs a model on each of them, and reports what it saw."""

from benchmarks.rungs.__main__ import report
from benchmarks.rungs.judging import Verdict, verdicts


def test_each_kind_runs_a_plain_model() -> None:
    """A model that needs no values comes to its end on all three."""
    found = list(verdicts("torchvision", "squeezenet1_1"))
    assert [(verdict.kind, verdict.error) for verdict in found] == [
        ("native", ""),
        ("plain meta", ""),
        ("FakeTensorMode", ""),
    ]


def test_report_counts_and_names_what_stops_a_kind() -> None:
    """Seconds are compared over the models that every kind runs."""
    found = {
        "native": [Verdict("a", "native", 1.0), Verdict("b", "native", 2.0)],
        "plain meta": [Verdict("a", "plain meta", 0.5), Verdict("b", "plain meta", 0.0, "ValueError: no data")],
    }
    assert list(report(found)) == [
        "native             2 of 2 models, 1.00 s for the 1 all run",
        "plain meta         1 of 2 models, 0.50 s for the 1 all run",
        "  plain meta: b: ValueError: no data",
    ]
