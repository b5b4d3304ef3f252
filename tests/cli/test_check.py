"""`visunn check`: what is on stdout, what on stderr, and the exit code."""

import json
from pathlib import Path
from textwrap import dedent

import pytest

from visunn_lint.cli import run

Capture = pytest.CaptureFixture[str]

RECYCLED = """\
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(4, 4)
        self.fc2 = nn.Linear(4, 4)
        self.relu = nn.ReLU()

    def forward(self, x):
        x = self.relu(self.fc1(x))
        return self.relu(self.fc2(x))
"""

UNUSED = """\
from torch import nn

class Unused(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.forgotten = nn.Linear(4, 4)

    def forward(self, x):
        return self.fc(x)
"""

PRINTING = """\
import os, sys
from torch import nn

print("import")

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x):
        print("forward")
        sys.__stdout__.write("around\\n")
        os.system("echo child")
        return self.fc(x)
"""

EXITING = """\
import sys
from torch import nn

class Net(nn.Module):
    def forward(self, x):
        sys.exit(0)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the current folder: a project that holds two models, one with a warning."""
    (tmp_path / "visunn.toml").touch()
    (tmp_path / "recycled.py").write_text(RECYCLED, encoding="utf-8")
    (tmp_path / "unused.py").write_text(UNUSED, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_models_that_torch_calls_alone_are_the_users(folder: Path, capsys: Capture) -> None:
    """Where no line of the user's calls a layer, its findings are not taken for those of a library."""
    text = "from torch import nn\n\nnorm = nn.BatchNorm1d(4)\nnet = nn.Sequential(nn.Linear(4, 4), norm, norm)\n"
    (folder / "twice.py").write_text(text, encoding="utf-8")
    assert run(["check", "twice.py::net", "--select", "VIS111", "--output-format", "concise", "-q"]) == 1
    out = capsys.readouterr().out
    assert out == "twice.py:3:8: VIS111 [error] `1` (BatchNorm1d) is called 2 times in train\n"


def test_infos_do_not_fail(folder: Path, capsys: Capture) -> None:  # noqa: ARG001 -- where it runs
    """A finding below ``fail-on`` is shown, and the exit code is 0."""
    assert run(["check", "recycled.py", "--input", "2x4"]) == 0
    out, err = capsys.readouterr()
    assert (
        out
        == """\
VIS110 recycled-layer [info]: `relu` (ReLU, stateless) is called 2 times, a cycle in the module graph
  --> recycled.py:11:13   relu (ReLU)
   |
11 |         x = self.relu(self.fc1(x))
   |             ^^^^^^^^^^^^^^^^^^^^^^ call 1: fc1 → relu → fc2
12 |         return self.relu(self.fc2(x))
   |                ---------------------- call 2: fc2 → relu → output
   = help: nothing is shared between the calls; one nn.ReLU() per call makes the graph read as written

Found 1 finding in 1 model (1 info).
"""
    )
    assert err == ""


def test_warnings_do(folder: Path, capsys: Capture) -> None:  # noqa: ARG001 -- where it runs
    """A finding as severe as ``fail-on`` is exit 1; a guess at the inputs is told on stderr."""
    assert run(["check", "unused.py", "--output-format", "concise"]) == 1
    out, err = capsys.readouterr()
    assert out.splitlines()[0].startswith("unused.py:7:9: VIS101 [warning] `forgotten`")
    assert err.startswith("unused.py::Unused: no inputs were given, ran with --input '")


def test_mode_that_inferred_inputs_do_not_do_in(folder: Path, capsys: Capture) -> None:
    """What is captured in eval mode alone is linted as far as that goes, and train mode is told to be missing."""
    source = """
        from torch import nn

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(10, 3)

            def forward(self, x, teacher=None):
                return self.fc(x) - (teacher.outputs if self.training else 0)
    """
    (folder / "taught.py").write_text(dedent(source))
    expected = """\
taught.py::Net: no inputs were given, ran with --input 'b x 10'
taught.py::Net: not captured in train mode, where it wants other inputs: \
AttributeError: 'NoneType' object has no attribute 'outputs' (taught.py:10)
"""
    for _ in ("run", "remembered"):
        assert run(["check", "taught.py"]) == 0
        assert capsys.readouterr().err == expected


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--fail-on", "error"], 0),
        (["--fail-on", "info"], 1),
        (["--exit-zero"], 0),
        (["--ignore", "VIS101"], 0),
        (["--select", "VIS2,VIS3"], 0),
        (["--select", "unused-module"], 1),
        (["--config", 'ignore = ["unused-module"]'], 0),
        (["--config", 'per-module-ignores.forgotten = ["VIS101"]'], 0),
    ],
)
def test_what_fails_is_configurable(folder: Path, arguments: list[str], code: int) -> None:  # noqa: ARG001 -- where it runs
    """Severity, selection and configuration decide on the exit code."""
    assert run(["check", "unused.py", "--input", "2x4", "-q", *arguments]) == code


def test_several_targets_are_one_report(folder: Path, capsys: Capture) -> None:  # noqa: ARG001 -- where it runs
    """Every target counts once, however often it is given."""
    targets = ["recycled.py", "unused.py", "recycled.py"]
    assert run(["check", *targets, "--input", "2x4", "--statistics"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "1  VIS101  unused-module   [warning]",
        "1  VIS110  recycled-layer  [info]",
        "",
        "Found 2 findings in 2 models (1 warning, 1 info).",
    ]


def test_an_input_for_one_of_several_targets(folder: Path, capsys: Capture) -> None:  # noqa: ARG001 -- where it runs
    """An input that names its model is for that model alone."""
    inputs = ["--input", "recycled.py::Net:2x4", "--input", "unused.py::Unused:3x4"]
    assert run(["check", "recycled.py", "unused.py", *inputs, "--output-format", "json"]) == 1
    out, err = capsys.readouterr()
    ran = {model["name"]: model["inputs"] for model in json.loads(out)["models"]}
    assert (ran, err) == ({"recycled.py::Net": "2x4", "unused.py::Unused": "3x4"}, "")


def test_formats_go_to_files_and_stdout_at_once(folder: Path, capsys: Capture) -> None:
    """One run writes several formats, into folders that it makes."""
    outputs = ["--output-format", "concise", "--output-format", "json=out/deep/report.json"]
    assert run(["check", "unused.py", "--input", "2x4", *outputs]) == 1
    assert capsys.readouterr().out.endswith("Found 1 finding in 1 model (1 warning).\n")
    document = json.loads((folder / "out/deep/report.json").read_text(encoding="utf-8"))
    assert [finding["code"] for finding in document["findings"]] == ["VIS101"]
    assert document["findings"][0]["location"]["file"] == "unused.py"


def test_two_runs_write_the_same_bytes(folder: Path) -> None:
    """A JSON report holds nothing of when and where it was made."""
    for name in ("one.json", "two.json"):
        run(["check", "unused.py", "recycled.py", "--input", "2x4", "--output-format", f"json={name}"])
    assert (folder / "one.json").read_bytes() == (folder / "two.json").read_bytes()


def test_a_file_that_cannot_be_written_is_exit_2(folder: Path, capsys: Capture) -> None:
    """An output that is a folder is told in one line."""
    (folder / "taken").mkdir()
    assert run(["check", "recycled.py", "--input", "2x4", "--output-format", "json=taken"]) == 2
    assert capsys.readouterr().err.startswith("error: cannot write taken: Is a directory\n  hint: ")


def test_without_targets_the_configured_models_are_checked(folder: Path, capsys: Capture) -> None:
    """``visunn check`` alone checks what the configuration names."""
    (folder / "visunn.toml").write_text('[models.mine]\ntarget = "unused.py"\ninputs = "2x4"\n', encoding="utf-8")
    assert run(["check"]) == 1
    out, err = capsys.readouterr()
    assert out.endswith("Found 1 finding in 1 model (1 warning).\n")
    assert err == ""


def test_what_is_said_of_a_file_holds_for_each_of_its_models(folder: Path, capsys: Capture) -> None:
    """Options of rules and shapes reach both models of a file, wherever the check is run."""
    (folder / "visunn.toml").write_text(
        '[models.both]\ntarget = "two.py"\ninputs = "2x4"\nrules.over-budget.params = 1\nshapes.fc = "b 4 -> b 9"\n'
    )
    (folder / "two.py").write_text(f"{UNUSED}\n{UNUSED.replace('Unused', 'Other')}", encoding="utf-8")
    assert run(["check", "--select", "over-budget,shape-contract", "--output-format", "json"]) == 1
    found = [(each["model"], each["code"]) for each in json.loads(capsys.readouterr().out)["findings"]]
    assert found == [(model, code) for model in ("two.py::Unused", "two.py::Other") for code in ("VIS403", "VIS214")]


def test_without_targets_and_configuration_it_says_what_to_give(folder: Path, capsys: Capture) -> None:  # noqa: ARG001 -- where it runs
    """With nothing to check, it does not say that all is clear."""
    assert run(["check"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        "error: nothing to look at: no target was given",
        "  hint: give one, such as model.py, or name models in [tool.visunn.models]",
    ]


def test_a_broken_target_does_not_hide_the_others(folder: Path, capsys: Capture) -> None:  # noqa: ARG001 -- where it runs
    """What can be linted is; exit 2 says that not everything could."""
    assert run(["check", "recycled.py", "missing.py", "--input", "2x4", "--output-format", "concise"]) == 2
    out, err = capsys.readouterr()
    assert out.splitlines()[-1] == "Found 1 finding in 1 model (1 info); 1 target could not be linted."
    assert err.startswith("error: missing.py: no such file")


def test_a_forward_that_exits_is_a_finding(folder: Path, capsys: Capture) -> None:
    """``sys.exit`` in forward is VIS213 and exit 1, and does not end the program."""
    (folder / "exiting.py").write_text(EXITING, encoding="utf-8")
    assert run(["check", "exiting.py", "--input", "2x4", "--output-format", "concise"]) == 1
    assert "VIS213 [error]" in capsys.readouterr().out


def test_stdout_holds_the_report_alone(folder: Path, capfd: Capture) -> None:
    """What the model's file prints, by any way, is on stderr."""
    (folder / "printing.py").write_text(PRINTING, encoding="utf-8")
    assert run(["check", "printing.py", "--input", "2x4"]) == 0
    out, err = capfd.readouterr()
    assert out.startswith("All clear: 1 model, ")
    assert {"import", "forward", "around", "child"} <= set(err.split())


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--select", "VIS777"], "error: no rule is called `VIS777`\n  hint: did you mean"),
        (["--config", "selct = []"], "error: --config: unknown key `selct`\n  hint: did you mean `select`?\n"),
        (
            ["--config", "rules.over-budget.nonsense = 1"],
            "error: --config: unknown key `rules.over-budget.nonsense`\n  hint: ",
        ),
        (["--engine", "nativ"], "error: no engine is called 'nativ'\n  hint: did you mean native?\n"),
        (["--input", "2*4"], "error: recycled.py: cannot read the input '2*4'\n  hint: write it like"),
        (["--timeout", "1e400"], "error: invalid value for '--timeout': 1e400 is no time to wait\n"),
        (["--timeout", "nan"], "error: invalid value for '--timeout': nan is no time to wait\n"),
        (["--timeout", "0"], "error: invalid value for '--timeout': 0.0 is not in the range x>0\n"),
        (["--fail-on", "eror"], "error: invalid value for '--fail-on': 'eror' is not one of"),
    ],
)
def test_what_cannot_be_understood_is_exit_2(
    folder: Path,  # noqa: ARG001 -- where it runs
    arguments: list[str],
    error: str,
    capsys: Capture,
) -> None:
    """An unknown rule, key, input or value is one line with what was meant, and no report."""
    assert run(["check", "recycled.py", "-q", *arguments]) == 2
    out, err = capsys.readouterr()
    assert (out, err[: len(error)]) == ("", error)


@pytest.mark.parametrize("target", ["a" * 300, f"{'a' * 300}.py::Net", f"{'a' * 300}/net.py"])
@pytest.mark.usefixtures("folder")
def test_a_target_that_is_too_long_for_a_path_is_none(target: str, capsys: Capture) -> None:
    """It is told like any other that is not there, also to a service that asks for the file."""
    assert run(["check", target, "--output-format", "github"]) == 2
    out, err = capsys.readouterr()
    assert err.startswith(f"error: {target}: no such file or folder\n  hint: a target is ")
    assert out.startswith("::error title=could not lint ")


def test_verbose_tells_how_the_run_went(folder: Path, capsys: Capture) -> None:  # noqa: ARG001 -- where it runs
    """``-v`` says on what a model ran and which rules did not run, and why."""
    run(["check", "recycled.py", "--input", "2x4", "-v"])
    lines = capsys.readouterr().err.splitlines()
    assert lines[:3] == [
        "recycled.py: checked",
        "recycled.py::Net: eval ran on meta tensors",
        "recycled.py::Net: train ran on meta tensors",
    ]
    lacks = "its inputs do not name the batch axis, as in `b x 4`"
    reason = f"recycled.py::Net has no capture at another batch size: {lacks}"
    assert lines[3] == f"VIS204 hard-coded-batch did not run: {reason}"


UNINITIALISED = """\
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(4, 2))

    def forward(self, x):
        return x @ self.weight
"""


def test_weights_are_looked_at_on_request(tmp_path: Path, capsys: Capture) -> None:
    """With --weights the model is built for real, and the line that leaves a parameter out is told."""
    file = tmp_path / "net.py"
    file.write_text(UNINITIALISED)
    arguments = ["check", str(file), "--input", "2x4", "--isolated", "--extend-select", "VIS513", "--preview", "-q"]
    assert run([*arguments, "--output-format", "concise"]) == 0
    assert capsys.readouterr().out == ""
    assert run([*arguments, "--output-format", "concise", "--weights"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"{file}:7:9: VIS513 [error] `weight` is not initialised: 8 of its 8 values",
    ]


BROKEN = """\
from torch import nn

class Net(nn.Module):
    def __init__(self):
        raise ValueError("one\\ntwo")

    def forward(self, x):
        return x
"""


def test_an_engine_that_there_is_not_is_told_before_a_model_is_built(folder: Path, capsys: Capture) -> None:
    """Building it may take long, or fail for another reason."""
    (folder / "broken.py").write_text(BROKEN, encoding="utf-8")
    assert run(["check", "broken.py", "--engine", "nativ"]) == 2
    assert capsys.readouterr().err == "error: no engine is called 'nativ'\n  hint: did you mean native?\n"


def test_a_message_of_several_lines_is_cut_and_says_so(folder: Path, capsys: Capture) -> None:
    """The rest of it is told with ``-v``."""
    (folder / "broken.py").write_text(BROKEN, encoding="utf-8")
    assert run(["check", "broken.py"]) == 2
    assert capsys.readouterr().err == (
        "error: broken.py::Net: `Net` cannot be built: ValueError: one […] (broken.py:5)\n"
        "  hint: -v shows the rest of the message\n"
    )
    assert run(["check", "broken.py", "-v"]) == 2
    err = capsys.readouterr().err
    assert "ValueError: one\ntwo\n" in err
    assert "hint" not in err


def test_three_configured_models_one_of_them_broken(folder: Path, capsys: Capture) -> None:
    """A bare check tells what the others have, each with its own options, and exits 2."""
    (folder / "broken.py").write_text(BROKEN, encoding="utf-8")
    (folder / "visunn.toml").write_text(
        """
        rules.over-budget.params = 1000
        models.first = { target = "recycled.py", inputs = "2x4", rules.over-budget.params = 10 }
        models.second = { target = "unused.py::Unused", inputs = "b x 4" }
        models.third = { target = "broken.py" }
        """,
        encoding="utf-8",
    )
    assert run(["check", "--output-format", "concise"]) == 2
    out, err = capsys.readouterr()
    assert [" ".join(line.split()[:3]) for line in out.splitlines()] == [
        "recycled.py:3:1: VIS403 [error]",
        "recycled.py:11:13: VIS110 [info]",
        "unused.py:7:9: VIS101 [warning]",
        "Found 3 findings",
    ]
    assert out.endswith(" in 2 models (1 error, 1 warning, 1 info); 1 target could not be linted.\n")
    assert err.startswith("error: third: `Net` cannot be built: ")
