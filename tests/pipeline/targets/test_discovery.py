"""Which files of a folder hold a model."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.projects import NET, write
from visunn_lint.pipeline.targets.discovery import Skipped, model_files

_IMPORT = "from torch import nn\n"


def _found(folder: Path, *exclude: str) -> list[str]:
    files = model_files(folder, root=folder, exclude=exclude)
    return [file.relative_to(folder).as_posix() for file in files if isinstance(file, Path)]


@pytest.mark.parametrize(
    "text",
    [
        "import torch\nclass Net(torch.nn.Module): ...",
        "import torch.nn as tnn\nclass Net(tnn.Sequential): ...",
        "from torch.nn import Module as M\nclass Net(M): ...",
        "import lightning as L\nclass Net(L.LightningModule): ...",
        "from transformers import BertPreTrainedModel\nclass Net(BertPreTrainedModel): ...",
        "from torchvision.models import ResNet\nclass Net(ResNet): ...",
        _IMPORT + "class Base(nn.Module): ...\nclass Net(Base): ...",
        _IMPORT + "if True:\n    class Net(nn.Module): ...",
        _IMPORT + "try:\n    import missing\nexcept ImportError:\n    class Net(nn.Module): ...",
        _IMPORT + "def build() -> nn.Module: ...",
        _IMPORT + "def build() -> 'nn.Module': ...",
        "def tiny_model(width=3):\n    return width",
        _IMPORT + "net = nn.Sequential(nn.Linear(3, 3)).cuda().eval()",
        "import timm\nnet = timm.create_model('resnet18')",
        "from torchvision.models import resnet18\nnet = resnet18()",
        "import visunn_lint\n@visunn_lint.model\ndef build(): ...",
        "from visunn_lint import model\nnet = model(inputs='2x3')(object())",
    ],
)
def test_file_with_a_model(tmp_path: Path, text: str) -> None:
    """Classes, factories, instances and marks at top level show a model."""
    assert _found(write(tmp_path, {"net.py": text})) == ["net.py"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "import torch\nx = torch.zeros(3)",
        "from pydantic import BaseModel\nclass Config(BaseModel): ...",
        "from transformers import PretrainedConfig, Trainer\nclass Own(Trainer): ...",
        _IMPORT + "class DiceLoss(nn.Module): ...",
        _IMPORT + "def build(width) -> nn.Module: ...",
        _IMPORT + "def train_model() -> nn.Module: ...",
        "def save_model():\n    return 1",
        "def log_model():\n    print('no value is returned')",
        _IMPORT + "def inner():\n    class Net(nn.Module): ...",
        _IMPORT + "if __name__ == '__main__':\n    net = nn.Linear(3, 3)",
        "import missing as x\nclass Net(x.Thing): ...",
        "class A(A): ...\nclass B(C): ...\nclass C(B): ...",
        "print 'python 2'",
    ],
)
def test_file_without_a_model(tmp_path: Path, text: str) -> None:
    """Configurations, losses, actions and what is not at top level are no models."""
    assert _found(write(tmp_path, {"net.py": text})) == []


def test_base_class_is_followed_into_other_files(tmp_path: Path) -> None:
    """A class derived from one of a sibling's is a model if that is one, through imports in circles too."""
    write(
        tmp_path,
        {
            "base.py": NET,
            "net.py": "from base import Net\nclass Deep(Net): ...",
            "other.py": "from base import nn\nclass A(nn): ...",
        },
    )
    write(
        tmp_path,
        {"pkg/a.py": "from .b import Net\nclass X(Net): ...", "pkg/b.py": "from .a import Net\nclass Y(Net): ..."},
    )
    assert _found(tmp_path) == ["base.py", "net.py"]


def test_unparsable_model_file_is_kept(tmp_path: Path) -> None:
    """A syntax error in what seems to be a model file is not passed over in silence."""
    assert _found(write(tmp_path, {"net.py": "class Net(nn.Module:\n"})) == ["net.py"]


def test_tests_and_set_up_are_left_out(tmp_path: Path) -> None:
    """Files that are no part of the program are not looked at."""
    names = ("test_net.py", "net_test.py", "conftest.py", "setup.py", "__main__.py", "tests/net.py", ".hidden/net.py")
    write(tmp_path, {"net.py": NET, **dict.fromkeys(names, NET)})
    assert _found(tmp_path) == ["net.py"]


def test_virtual_environments_are_left_out(tmp_path: Path) -> None:
    """A folder with ``pyvenv.cfg`` is not entered."""
    write(tmp_path, {"env/net.py": NET})
    (tmp_path / "env" / "pyvenv.cfg").touch()
    assert _found(tmp_path) == []


def test_git_ignored_files_are_left_out(tmp_path: Path) -> None:
    """In a repository, what git ignores is not looked at; what is not committed yet is."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)  # noqa: S603, S607 -- git of the machine
    (tmp_path / ".gitignore").write_text("scratch/\n")
    write(tmp_path, {"net.py": NET, "scratch/net.py": NET})
    assert _found(tmp_path) == ["net.py"]


@pytest.mark.parametrize("pattern", ["old", "old/", "old/*", "old/net.py", "o*"])
def test_excluded_files_are_left_out(tmp_path: Path, pattern: str) -> None:
    """A pattern names a file, a folder, or any part of a path."""
    write(tmp_path, {"net.py": NET, "old/net.py": NET})
    assert _found(tmp_path, pattern) == ["net.py"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (NET + "\n    Net()(1).backward()", 12),
        ("from base import Net\nnet = Net()\nopen('ran.txt', 'w').write('x')", 3),
        ("from base import Net\nnet = Net()\nlog = open('ran.txt', mode='a')", 3),
        ("from base import Net\nnet = Net()\nfor epoch in range(3):\n    pass", 3),
        ("import torch\nfrom base import Net\nnet = Net()\ntorch.save(net, 'net.pt')", 4),
        (_IMPORT + "def use(net): ...\nclass Net(nn.Module): ...\nuse(Net())", 4),
        (_IMPORT + "def step(): ...\nclass Net(nn.Module): ...\nfor _ in range(3):\n    step()", 4),
        (_IMPORT + "class Net(nn.Module): ...\ntrainer = Trainer()\ntrainer.train()", 4),
    ],
)
def test_script_is_skipped(tmp_path: Path, text: str, line: int) -> None:
    """A file that trains or writes when it is imported is never run in a folder's check."""
    write(tmp_path, {"base.py": NET, "train.py": text})
    skipped = [file for file in model_files(tmp_path, root=tmp_path) if isinstance(file, Skipped)]
    assert skipped == [Skipped(tmp_path / "train.py", f"line {line} does its work as soon as the file is imported")]


@pytest.mark.parametrize(
    "text",
    [
        NET + "\n    Net().train()",
        NET + "\n    if __name__ == '__main__':\n        main()",
        NET + "\n    print(Net())",
        NET + "\n    WEIGHTS = open('weights.bin', 'rb')",
        NET + "\n    for name in ('a', 'b'):\n        globals()[name] = Net()",
        "import visunn_lint\nnet = visunn_lint.model(object())\nmain()",
    ],
)
def test_harmless_statements_do_not_make_a_script(tmp_path: Path, text: str) -> None:
    """Printing, switching modes, reading, guarded code and tables of models are no work; a mark overrules all."""
    assert _found(write(tmp_path, {"net.py": text})) == ["net.py"]
