"""The fixture ``visunn``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., pytest.RunResult]
    Failure = Callable[[str], str]


def test_a_model_in_memory_is_traced(pytester: pytest.Pytester, run: Run) -> None:
    """The fixture gives the topology of a model, run with specs or with values, in a mode."""
    pytester.makepyfile(
        """
        import torch
        from net import Good

        def test_specs(visunn):
            assert visunn(Good(), inputs=(3, 4))["fc"].output_shape == (3, 8)

        def test_values(visunn):
            assert visunn(Good(), args=(torch.zeros(5, 4),), mode="train")["fc"].output_shape == (5, 8)
            assert visunn(Good(), kwargs={"x": torch.zeros(6, 4)}, mode="train").captured.mode == "train"
        """,
    )
    run().assert_outcomes(passed=2)


def test_a_model_of_the_configuration_is_loaded_by_its_name(pytester: pytest.Pytester, run: Run) -> None:
    """A name stands for what [tool.visunn.models] says of it, and is captured once."""
    pytester.makepyfile(
        """
        def test_name(visunn):
            topology = visunn("good")
            assert topology["fc"].output_shape == (2, 8)
            assert visunn("good") is topology
            assert visunn("good", mode="train").captured.mode == "train"
        """,
    )
    run().assert_outcomes(passed=1)


def test_a_model_is_traced_once_within_a_module(pytester: pytest.Pytester, run: Run) -> None:
    """Tests of one module share what they capture of one model with the same arguments, those of two do not."""
    pytester.makeconftest(
        """
        import pytest
        from net import Good

        SEEN = []

        @pytest.fixture(scope="session")
        def model():
            return Good()
        """,
    )
    source = """
        from conftest import SEEN

        def test_one(visunn, model):
            SEEN.append(visunn(model, inputs="2x4"))

        def test_other(visunn, model):
            SEEN.append(visunn(model, inputs="2x4"))
            SEEN.append(visunn(model, inputs="3x4"))
        """
    pytester.makepyfile(
        test_a=source,
        test_b=source,
        test_c="""
        from conftest import SEEN

        def test_seen():
            first, again, larger, later, *_ = SEEN
            assert first is again
            assert len({id(topology) for topology in SEEN}) == 4
        """,
    )
    run().assert_outcomes(passed=5)


def test_fixtures_of_every_scope_may_capture(pytester: pytest.Pytester, run: Run) -> None:
    """The fixture is one of the session, so that a module's own fixtures can use it."""
    pytester.makepyfile(
        """
        import pytest
        from net import Good

        @pytest.fixture(scope="module")
        def topology(visunn):
            return visunn(Good(), inputs="2x4")

        def test_shape(topology):
            assert topology["fc"].input_shape == (2, 4)
        """,
    )
    run().assert_outcomes(passed=1)


def test_the_marker_sets_mode_and_rules(pytester: pytest.Pytester, run: Run) -> None:
    """The closest marker counts, for each of its arguments by itself."""
    pytester.makepyfile(
        """
        import pytest
        from net import Wasteful

        pytestmark = pytest.mark.visunn(mode="train", ignore="VIS101")

        def test_module(visunn):
            assert visunn(Wasteful(), inputs="2x4").captured.mode == "train"
            assert {rule.code for rule in visunn.check(Wasteful(), inputs="2x4").rules_run} >= {"VIS301"}

        @pytest.mark.visunn(select=["VIS301"])
        def test_function(visunn):
            assert visunn(Wasteful(), inputs="2x4").captured.mode == "train"
            assert [rule.code for rule in visunn.check(Wasteful(), inputs="2x4").rules_run] == ["VIS301"]

        @pytest.mark.visunn(mode="eval")
        def test_mode(visunn):
            assert visunn(Wasteful(), inputs="2x4").captured.mode == "eval"
        """,
    )
    run("--strict-markers").assert_outcomes(passed=3)


def test_a_misspelt_marker_says_so(failure: Failure) -> None:
    """An argument that the marker does not take fails the test that it stands on."""
    assert failure(
        """
        import pytest

        @pytest.mark.visunn(selct="VIS101")
        def test_marker(visunn):
            visunn.check("good")
        """
    ) == ("visunn_lint.errors.ConfigError: the marker visunn takes no `selct`\nhint: did you mean `select`?")


def test_check_fails_with_the_findings(failure: Failure) -> None:
    """A test that checks a model shows what is found as the command line does."""
    assert (
        failure(
            """
        from net import Wasteful

        def test_check(visunn):
            visunn.check("wasteful")
        """
        )
        == """AssertionError: 1 finding in wasteful
VIS101 unused-module [warning]: `unused` (Linear) is never called: 40 parameters
  --> net.py:16:9   unused (Linear)
   |
16 |         self.unused = nn.Linear(4, 8)
   |         ^^^^^^^^^^^ registered, and not called in eval or train
   = help: call it or remove it; DistributedDataParallel stops when its parameters get no gradient"""
    )


def test_check_counts_what_fail_on_does(pytester: pytest.Pytester, run: Run) -> None:
    """Findings below ``fail-on`` are in the report; those of rules that are selected fail whatever they are."""
    pytester.makepyfile(
        """
        import pytest
        from torch import nn

        def model():
            return nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8))

        def test_report(visunn):
            report = visunn.check(model(), inputs="2x4")
            assert [finding.code for finding in report.findings] == ["VIS301"]

        def test_selected(visunn):
            with pytest.raises(AssertionError, match="VIS301"):
                visunn.check(model(), inputs="2x4", select="bias-before-norm")
        """,
    )
    run().assert_outcomes(passed=2)


def test_a_forward_that_raises_shows_the_users_lines(pytester: pytest.Pytester, run: Run) -> None:
    """The failure has the exception at the model's own line, what was captured of it, and no frame of visunn."""
    pytester.makepyfile(
        """
        from net import Raising

        def test_raising(visunn):
            visunn(Raising(), inputs="2x4")
        """,
    )
    result = run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            ">       return self.fc(self.fc(x))",
            "E       RuntimeError: mat1 and mat2 shapes cannot be multiplied (2x8 and 4x8)",
            "net.py:21: RuntimeError",
            '>       visunn(Raising(), inputs="2x4")',
            "E       visunn_lint.errors.CaptureError: forward of Raising raised RuntimeError in `fc`, linear*",
        ]
    )
    result.stdout.no_fnmatch_line("*visunn_lint/*")


@pytest.mark.parametrize(
    ("call", "message", "hint"),
    [
        ('visunn("goood")', "VisunnError: goood: no such file or folder", "did you mean the model `good`?"),
        (
            'visunn("good", inputs="2x4")',
            "InputError: `good` is a model of the configuration, which has its inputs too",
            "write them as `inputs` in [tool.visunn.models.good]",
        ),
        (
            "visunn(type(visunn))",
            "InputError: `Visunn` is a class, and a model is an instance of one",
            "build it: Visunn(…)",
        ),
        (
            "visunn.check(3)",
            "InputError: 3 is no torch.nn.Module",
            "give the model itself; names and files are for `visunn check` and the fixture",
        ),
        (
            'visunn("good", mode="evla")',
            "InputError: no such mode: 'evla'",
            'modes are "eval" and "train"',
        ),
        (
            'visunn("net.py")',
            "InputError: `net.py` holds 3 models: `good`, `wasteful`, `raising`",
            "name one of them",
        ),
    ],
)
def test_what_is_no_model_says_what_to_do(failure: Failure, call: str, message: str, hint: str) -> None:
    """Errors that are no failures of the model keep to a line and a hint."""
    expected = f"visunn_lint.errors.{message}\nhint: {hint}"
    assert failure(f"def test_name(visunn):\n    {call}\n") == expected


def test_a_broken_shape_contract_reads_at_a_glance(failure: Failure) -> None:
    """Nothing of visunn's own code stands between the test and the message."""
    assert failure(
        """
        def test_shapes(visunn):
            visunn("good").assert_shapes({"": "b 4 -> b 10", "fc": "-> b 8"})
        """
    ) == (
        "visunn_lint.ShapeMismatch: Good: expected output `b 10`, got 2×8\n"
        "    b = 2   from Good input 2×4\n"
        "    10      is 8 here\n"
        "  at net.py:4   class Good(nn.Module):"
    )


def test_behaviours_are_methods_of_the_fixture(pytester: pytest.Pytester, run: Run) -> None:
    """What takes several runs of a model is asserted of the model."""
    pytester.makepyfile(
        """
        from net import Good

        def test_passing(visunn):
            model = Good()
            visunn.assert_batch_independent_shapes(model, inputs="b x 4")
            visunn.assert_train_eval_same(model, inputs="2x4")
            visunn.assert_gradients_reach(model, inputs="2x4")
            visunn.assert_causal(model, inputs="2x6x4", axis=1)
        """,
    )
    run().assert_outcomes(passed=1)


def test_a_model_that_fails_to_behave_reads_at_a_glance(failure: Failure) -> None:
    """A failing assertion shows its message alone."""
    assert failure(
        """
        from net import Wasteful

        def test_gradients(visunn):
            visunn.assert_gradients_reach(Wasteful(), inputs="2x4")
        """
    ) == (
        "AssertionError: no gradient reaches 2 of 4 trainable parameters of Wasteful\n"
        "    unused.weight, unused.bias\n"
        "        `unused` is never called, built at net.py:16   self.unused = nn.Linear(4, 8)"
    )


def test_behaviours_take_a_model_in_memory(failure: Failure) -> None:
    """A name of the configuration is refused with what to do."""
    assert failure('def test_name(visunn):\n    visunn.assert_causal("good")') == (
        "visunn_lint.errors.InputError: assert_causal runs a model, and 'good' is only the name of one\n"
        "hint: build the model in the test"
    )


@pytest.mark.parametrize(
    ("expression", "told"), [("b 4 -> b ((8", "expected `)`"), ("b 4 -> b 2*c*d", "nothing tells what `c` is")]
)
def test_a_malformed_expression_fails_at_the_line_of_the_test(
    pytester: pytest.Pytester, run: Run, expression: str, told: str
) -> None:
    """The traceback has no line of ours: how an expression is read helps nobody."""
    pytester.makepyfile(
        f"""
        from net import Good

        def test_shapes(visunn):
            visunn(Good(), inputs="3x4").assert_shapes({{"": "{expression}"}})
        """,
    )
    result = run()
    result.assert_outcomes(failed=1)
    assert told in result.stdout.str()
    assert [line for line in result.outlines if "visunn_lint/" in line or "parse" in line] == []
