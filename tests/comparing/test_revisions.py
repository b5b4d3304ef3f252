"""`visunn diff` between revisions: files of the revision are run, the checkout and the repository stay as they are."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from visunn_lint.cli import run

Capture = pytest.CaptureFixture[str]

PART = "from torch import nn\n\ndef layer():\n    return nn.Linear(4, {width})\n"
MODEL = """\
from torch import nn
from parts import layer

class Net(nn.Module):
    example_inputs = "2x4"

    def __init__(self):
        super().__init__()
        self.fc = layer()

    def forward(self, x):
        return self.fc(x)
"""


def git(*arguments: str) -> str:
    """Return what git prints."""
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 -- in a test's own folder


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a repository with a model whose layer was 3 wide and is 5 wide in the checkout, and with a hook."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "visunn.toml").touch()
    (tmp_path / "model.py").write_text(MODEL, encoding="utf-8")
    (tmp_path / "parts.py").write_text(PART.format(width=3), encoding="utf-8")
    git("init", "--quiet")
    hook = tmp_path / ".git" / "hooks" / "post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\ntouch hooked\n", encoding="utf-8")
    hook.chmod(0o755)
    git("add", "model.py", "parts.py", "visunn.toml")
    git("commit", "--quiet", "--message", "first")
    (tmp_path / "parts.py").write_text(PART.format(width=5), encoding="utf-8")
    return tmp_path


def test_revision_against_checkout(repository: Path, capsys: Capture) -> None:
    """A module that the model imports comes from the revision too; no hook runs, nothing is written."""
    before = sorted(str(path) for path in repository.rglob("*"))
    assert run(["diff", "HEAD:model.py", "model.py"]) == 1
    out = capsys.readouterr().out
    assert out.splitlines()[2] == "~ fc  Linear  out_features 3 → 5"
    assert sorted(str(path) for path in repository.rglob("*") if "__pycache__" not in path.parts) == before
    assert git("status", "--porcelain") == " M parts.py\n"


def test_importable_name_in_a_revision(repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    """``REV:package.module:name`` is imported from the revision, though the checkout is on the path too."""
    monkeypatch.setenv("PYTHONPATH", str(repository))
    monkeypatch.syspath_prepend(repository)
    assert run(["diff", "HEAD:model:Net", "model:Net"]) == 1
    assert capsys.readouterr().out.splitlines()[2] == "~ fc  Linear  out_features 3 → 5"


def test_working_folder_may_be_newer_than_the_revision(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """What the target names is seen from there all the same."""
    (repository / "new").mkdir()
    monkeypatch.chdir(repository / "new")
    assert run(["diff", "HEAD:../model.py", "HEAD:model:Net"]) == 0
    assert capsys.readouterr().out == "No difference: 2 modules, 15 parameters.\n"


def test_locale_need_not_know_the_names_of_folders(repository: Path) -> None:
    """As in a container without a locale: what git says of the folder is no ASCII."""
    clone = repository / "modèle"
    git("clone", "--quiet", str(repository), str(clone))
    command = [sys.executable, "-m", "visunn_lint", "diff", "HEAD:model.py", "model.py"]
    locale = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    done = subprocess.run(command, check=False, capture_output=True, cwd=clone, env={**os.environ, **locale})  # noqa: S603 -- this very Python
    assert (done.stdout, done.returncode) == (b"No difference: 2 modules, 15 parameters.\n", 0)


def test_two_revisions_of_one_target(repository: Path, capsys: Capture) -> None:
    """``A..B TARGET``; a side that is left out is HEAD."""
    git("commit", "--quiet", "--all", "--message", "second")
    assert run(["diff", "HEAD~1..", "model.py"]) == 1
    assert capsys.readouterr().out.splitlines()[0] == "HEAD~1:model.py → HEAD:model.py"
    assert repository.exists()


def test_module_that_only_the_checkout_has_is_told(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """An editable install may lead there: what the revision's model would be with it is not known."""
    (repository / "elsewhere").mkdir()
    (repository / "elsewhere" / "extra.py").write_text("", encoding="utf-8")
    (repository / "model.py").write_text(
        f"import sys\nsys.path.insert(0, {str(repository / 'elsewhere')!r})\nimport extra\n{MODEL}", encoding="utf-8"
    )
    git("commit", "--quiet", "--all", "--message", "second")
    monkeypatch.syspath_prepend(repository)
    assert run(["diff", "HEAD:model.py", "model.py"]) == 2
    assert "extra.py was imported from the checkout, not from the revision" in capsys.readouterr().err


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["nope:model.py", "model.py"], "no revision `nope` in this repository", "see `git log`"),
        (["HEAD:other.py", "model.py"], "there is no other.py in revision `HEAD`", "see `git ls-tree HEAD`"),
        (["HEAD..nope", "model.py"], "no revision `nope` in this repository", "see `git log`"),
        (["HEAD", "model.py"], "`HEAD` is a revision, not a model", "write `visunn diff HEAD:model.py model.py`"),
        (["model.py", "HEAD"], "`HEAD` is a revision, not a model", "write `visunn diff HEAD:model.py model.py`"),
        (["HEAD"], "`HEAD` is a revision, not a model", "write `visunn diff HEAD:model.py model.py`"),
        (["HEAD", "HEAD"], "`HEAD` is a revision, not a model", "write `visunn diff HEAD..HEAD model.py`"),
        (
            ["model.py"],
            "there is nothing to compare model.py with",
            "write `visunn diff model.py OTHER`, or a revision: HEAD:model.py",
        ),
    ],
)
def test_what_cannot_be_compared(arguments: list[str], message: str, hint: str, capsys: Capture) -> None:
    """Is told in one line, and where to look or what to write."""
    assert run(["diff", *arguments]) == 2
    assert capsys.readouterr().err == f"error: {message}\n  hint: {hint}\n"


def test_shallow_clone_says_how_to_fetch_more(
    repository: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """As CI checks out by default."""
    git("commit", "--quiet", "--all", "--message", "second")
    clone = tmp_path_factory.mktemp("clone") / "shallow"
    git("clone", "--quiet", "--depth", "1", f"file://{repository}", str(clone))
    monkeypatch.chdir(clone)
    assert run(["diff", "HEAD~1:model.py", "model.py"]) == 2
    assert "fetch-depth: 0" in capsys.readouterr().err
