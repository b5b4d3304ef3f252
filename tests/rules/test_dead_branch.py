"""VIS103 tells what is dropped, where, and what it costs."""

from pathlib import Path

import pytest

from tests.rules.building import capture_source
from visunn_lint.finding import Finding
from visunn_lint.rules.dead_branch import DeadBranch

_NET = """
class Pair(nn.Module):
    def __init__(self):
        super().__init__()
        self.left, self.right = nn.Linear(4, 4), nn.Linear(4, 4)

    def forward(self, x):
        return self.left(x), self.right(x)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc, self.aux, self.pair = nn.Linear(4, 4), nn.Sequential(nn.Linear(4, 4), nn.ReLU(inplace=True)), Pair()
        self.lstm = nn.LSTM(4, 4)

    def keep(self, x):
        pass

    def forward(self, x):
"""


def _findings(body: str, folder: Path) -> list[Finding]:
    source = _NET + "".join(f"        {line}\n" for line in body.splitlines())
    found = DeadBranch().check(capture_source(source, "2x4", folder))
    return list({finding.fingerprint: finding for finding in found}.values())


@pytest.mark.parametrize(
    ("body", "module", "message"),
    [
        (
            "y = self.aux(x)\nreturn self.fc(x)",
            "aux",
            "the result of `aux` reaches no output: 2 ops for nothing, with 20 parameters that get no gradient",
        ),
        (
            "y, z = self.aux(x), x\nreturn self.fc(z)",
            "aux",
            "the result of `aux` reaches no output: 2 ops for nothing, with 20 parameters that get no gradient",
        ),
        ("torch.exp(x)\nreturn self.fc(x)", "", "the result of `exp` reaches no output: 1 op for nothing"),
        (
            "y, _ = self.pair(x)\nreturn self.fc(y)",
            "pair",
            "the result of `pair` reaches no output: 1 op for nothing, with 20 parameters that get no gradient",
        ),
        (
            "y = self.pair(x)[0]\nreturn self.fc(y)",
            "pair",
            "the result of `pair` reaches no output: 1 op for nothing, with 20 parameters that get no gradient",
        ),
        (
            "y = torch.exp(x)\ny = y.sum() + y.mean()\nreturn self.fc(x)",
            "",
            "the result of `add` reaches no output: 4 ops for nothing",
        ),
    ],
)
def test_a_dropped_result_is_one_finding(body: str, module: str, message: str, tmp_path: Path) -> None:
    """However many ops lead to it; parameters are counted that nothing else reads."""
    (found,) = _findings(body, tmp_path)
    assert (found.module, found.message) == (module, message)


def test_it_is_found_where_it_is_dropped(tmp_path: Path) -> None:
    """And told where it begins, if that is another line."""
    (found,) = _findings("y = self.aux(x)\nz = torch.exp(y)\nreturn self.fc(x)", tmp_path)
    lines = [found.location and found.location.line, *(each.location and each.location.line for each in found.related)]
    assert lines == [24, 23]


@pytest.mark.parametrize(
    "body",
    [
        "y = self.aux(x)\nself.keep(y)\nreturn self.fc(x)",
        "y, *z = self.aux(x), 1\nreturn self.fc(x)",
        "y = x.view(-1).transpose(0, 0).float()\nreturn self.fc(x)",
        "y = torch.zeros(3)\nreturn self.fc(x)",
        "y = torch.exp(x)\ny.clamp_(0)\nreturn self.fc(x)",
        "torch.exp(x, out=x)\nreturn self.fc(x)",
        "y = self.pair(x)\nreturn self.fc(y[0] + y[1])",
        "assert torch.isfinite(x).all()\nreturn self.fc(x)",
        "y = self.aux(x)\nif self.training: return self.fc(x), y\nreturn self.fc(x)",
        "y, z = self.pair(x)\nreturn (self.fc(y), z) if self.training else self.fc(y)",
        "y = self.aux(x)\nraise ValueError",
        "y, z = self.lstm(x)\nself.state = z\nreturn self.fc(x)",
        "y, (h, c) = self.lstm(x)\nself.state = h\nreturn self.fc(x)",
    ],
)
def test_what_may_have_another_reader_is_not_found(body: str, tmp_path: Path) -> None:
    """Or costs nothing, or is written in place, or is live in the other mode, or came before a failure."""
    assert _findings(body, tmp_path) == []
