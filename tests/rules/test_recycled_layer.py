"""VIS110 tells how often, where, between what, and what the calls share."""

from pathlib import Path

import pytest

from tests.rules.building import capture_source
from visunn_lint.finding import Finding
from visunn_lint.rules.recycled_layer import RecycledLayer

RELU = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear1, self.linear2, self.linear3 = nn.Linear(4, 4), nn.Linear(4, 4), nn.Linear(4, 2)
        self.relu = nn.ReLU()

    def forward(self, x):
        x = self.relu(self.linear1(x))
        x = self.relu(self.linear2(x))
        return self.linear3(x)
"""
STEPS = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell, self.act, self.head = nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 2)

    def forward(self, x):
        for _ in range(3):
            x = self.cell(x)
        for _ in range(2):
            x = torch.exp(self.act(x))
        return self.head(x)
"""
NORM = """
class Block(nn.Module):
    def __init__(self, norm):
        super().__init__()
        self.fc, self.norm = nn.Linear(4, 4), norm

    def forward(self, x):
        return self.norm(self.fc(x))

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        norm = nn.BatchNorm1d(4)
        self.first, self.second = Block(norm), Block(norm)

    def forward(self, x):
        return self.second(self.first(x))
"""
SIAMESE = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(4, 4), nn.ReLU())

    def forward(self, left, right):
        return self.encoder(left) @ self.encoder(right).t()
"""
RECURSION = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x, depth=2):
        x = self.fc(x)
        return self(x, depth - 1) if depth else x
"""
DROP_PATH = """
class DropPath(nn.Module):
    def forward(self, x):
        return x * 2

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc, self.drop = nn.Linear(4, 4), DropPath()

    def forward(self, x):
        return self.drop(self.fc(self.drop(x)))
"""


def _found(source: str, folder: Path, inputs: str = "2x4") -> list[Finding]:
    return list(
        {
            finding.fingerprint: finding for finding in RecycledLayer().check(capture_source(source, inputs, folder))
        }.values()
    )


def _words(finding: Finding) -> list[str]:
    return [finding.message, finding.label, *(each.message for each in finding.related)]


def test_a_relu_is_told_with_both_call_sites(tmp_path: Path) -> None:
    """The first at the finding's place, the second among the related; nothing is shared."""
    (found,) = _found(RELU, tmp_path)
    assert _words(found) == [
        "`relu` (ReLU, stateless) is called 2 times, a cycle in the module graph",
        "call 1: linear1 → relu → linear2",
        "call 2: linear2 → relu → linear3",
    ]
    lines = [place and (place.line, place.column) for place in (found.location, found.related[0].location)]
    assert lines == [(12, 13), (13, 13)]


@pytest.mark.parametrize(("source", "name"), [(RELU, "nn.ReLU"), (DROP_PATH, "DropPath")])
def test_advice_names_a_class_that_there_is(source: str, name: str, tmp_path: Path) -> None:
    """One of torch's as people write it, one of the user's own by its name."""
    (found,) = _found(source, tmp_path)
    assert found.help == f"nothing is shared between the calls; one {name}() per call makes the graph read as written"


def test_calls_of_one_line_are_one_site(tmp_path: Path) -> None:
    """Calls that feed each other are a chain; of others the first is told."""
    cell, act = _found(STEPS, tmp_path)
    assert _words(cell) == [
        "`cell` (Linear, shares weights) is called 3 times, a cycle in the module graph",
        "calls 1 to 3: x → cell ×3 → act",
    ]
    assert _words(act) == [
        "`act` (Tanh, stateless) is called 2 times, a cycle in the module graph",
        "calls 1, 2: cell → act → exp, …",
    ]


def test_a_module_in_two_blocks_keeps_state(tmp_path: Path) -> None:
    """It is called once by each of its two holders."""
    (found,) = _found(NORM, tmp_path)
    assert _words(found) == [
        "`first.norm` (BatchNorm1d, shares weights and keeps state) is called 2 times, a cycle in the module graph",
        "calls 1, 2: fc → norm → second, …",
    ]


def test_of_a_subtree_only_the_top_is_told(tmp_path: Path) -> None:
    """Its parts are called as often as itself; on separate inputs that is no cycle."""
    (found,) = _found(SIAMESE, tmp_path, "2x4, 2x4")
    assert _words(found) == [
        "`encoder` (Sequential, shares weights) is called 2 times, side by side",
        "call 1: left → encoder → matmul",
        "call 2: right → encoder → t",
    ]


def test_a_module_that_calls_itself_is_recycled(tmp_path: Path) -> None:
    """The root is called by nobody, then by itself."""
    messages = [finding.message for finding in _found(RECURSION, tmp_path)]
    assert messages == ["the model (Net, shares weights) is called 3 times, a cycle in the module graph"]


@pytest.mark.parametrize(("count", "words"), [(2, "is 1 other stateless module"), (3, "are 2 other stateless modules")])
def test_stateless_modules_are_one_finding(count: int, words: str, tmp_path: Path) -> None:
    """The first in full, the others by their first call."""
    names = [f"act{index}" for index in range(count)]
    body = "\n".join(f"        x = self.{name}(self.{name}(x))" for name in names)
    source = (
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        f"        {', '.join(f'self.{name}' for name in names)} = {', '.join('nn.ReLU()' for _ in names)}\n\n"
        f"    def forward(self, x):\n{body}\n        return x\n"
    )
    (found,) = _found(source, tmp_path)
    assert found.message.endswith(f"; so {words}")
    assert [each.module for each in found.related] == ["act0", *names[1:]]
