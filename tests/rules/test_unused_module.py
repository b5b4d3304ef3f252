"""VIS101 and VIS102 where the source decides: what other inputs, other methods and other values may call."""

from pathlib import Path
from textwrap import indent

import pytest

from tests.rules.building import capture_source
from visunn_lint.finding import Finding
from visunn_lint.rules.unused_module import UnusedModule
from visunn_lint.rules.unused_parameter import UnusedParameter

_NET = """
class Part(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem, self.head = nn.Linear(4, 4), nn.Linear(4, 4)

    def features(self, x):
        return self.stem(x)

    def forward(self, x):
        return self.head(self.stem(x))

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc, self.aux, self.part, self.flag = nn.Linear(4, 4), nn.Linear(4, 4), Part(), False
        self.blocks = nn.ModuleList(nn.Linear(4, 4) for _ in range(3))
        self.token = nn.Parameter(torch.zeros(4))

"""
_USES_ALL_ELSE = "x = self.part(self.blocks[2](self.blocks[1](self.blocks[0](x)))) + self.token"


def _findings(methods: str, folder: Path) -> list[Finding]:
    model = capture_source(f"{_NET}{indent(methods.strip(), '    ')}", "2x4", folder)
    found = [*UnusedModule().check(model), *UnusedParameter().check(model)]
    return list({finding.fingerprint: finding for finding in found}.values())


def _forward(body: str, others: str = "", arguments: str = "x") -> str:
    return f"def forward(self, {arguments}):\n{indent(body.strip(), '    ')}\n\n{others}"


@pytest.mark.parametrize(
    "body",
    [
        f"{_USES_ALL_ELSE}\nreturn self.fc(x)",
        f"{_USES_ALL_ELSE}\nif self.flag: x = self.aux(x)\nreturn self.fc(x)",
        f"{_USES_ALL_ELSE}\nif self.aux is not None and self.flag: x = self.aux(x)\nreturn self.fc(x)",
        f"{_USES_ALL_ELSE}\nx = self.aux(x) if self.flag else x\nreturn self.fc(x)",
        f"{_USES_ALL_ELSE}\ny = getattr(self, 'fc')(x)\nreturn y",
        f"{_USES_ALL_ELSE}\naux = x.aux if hasattr(x, 'aux') else x\nreturn self.fc(aux)",
        f"{_USES_ALL_ELSE}\nmade = {{'aux': self.fc(x)}}\nreturn made['aux']",
    ],
)
def test_a_module_that_forward_can_not_reach_is_found(body: str, tmp_path: Path) -> None:
    """Not named at all, only asked for, or named under conditions that the constructor settled."""
    assert [finding.module for finding in _findings(_forward(body), tmp_path)] == ["aux"]


@pytest.mark.parametrize(
    ("body", "others"),
    [
        ("if x.shape[0] == 1: x = self.aux(x)\nreturn self.fc(x)", ""),
        ("if x.shape[0] > 1: return self.fc(x)\nreturn self.aux(x)", ""),
        ("for layer in [self.aux][:x.shape[0] - 2]: x = layer(x)\nreturn self.fc(x)", ""),
        ("if self.flag: x = self.aux(x)\nreturn self.fc(x)", "def switch(self):\n    self.flag = True"),
        ("return self.fc(x)", "def generate(self, x):\n    return self.aux(x)"),
        (
            "if x.shape[0] == 1: x = self.get_features(x)\nreturn self.fc(x)",
            "def get_features(self, x):\n    return self.get_aux(x)\n\ndef get_aux(self, x):\n    return self.aux(x)",
        ),
        ("return self.fc(x)", "def generate(self, name, x):\n    return getattr(self, name)(x)"),
        ("return self.fc(x)", "def generate(self, x):\n    return [child(x) for child in self.children()]"),
        (
            "return self.fc(x)",
            "def generate(self, x):\n    for m in self.children(): self.keep(m, x)",
        ),
        ("return self.fc(x)", "def generate(self, x):\n    return nn.Sequential(*self.children())(x)"),
        ("if x.sum().item() > 1e9: x = self.aux(x)\nreturn self.fc(x)", ""),
        ("if self.on: x = self.aux(x)\nreturn self.fc(x)", "@property\ndef on(self):\n    return self.flag"),
        ("if self.is_on(): x = self.aux(x)\nreturn self.fc(x)", "def is_on(self):\n    return self.flag"),
    ],
)
def test_a_module_that_another_run_may_reach_is_not(body: str, others: str, tmp_path: Path) -> None:
    """Other inputs, other values, an attribute that is switched or computed, another method, a computed name."""
    assert _findings(_forward(f"{_USES_ALL_ELSE}\n{body}", others), tmp_path) == []


@pytest.mark.parametrize(
    "others",
    [
        "def count(self):\n    return sum(p.numel() for m in self.modules() for p in m.parameters())",
        "def decayed(self):\n    return [m.weight for m in self.modules() if isinstance(m, nn.Linear)]",
        "def rates(self):\n    for name, m in self.named_modules():\n        if 'norm' in name: m.eps = 1e-3",
    ],
)
def test_a_loop_that_looks_at_modules_runs_none(others: str, tmp_path: Path) -> None:
    """It reads their parameters, or what they are set to."""
    found = _findings(_forward(f"{_USES_ALL_ELSE}\nreturn self.fc(x)", others), tmp_path)
    assert [finding.module for finding in found] == ["aux"]


_SWITCHED = """
class Switch{base}:
    def enable(self):
        self.use_norm = True

class Base({bases}):
    def __init__(self):
        super().__init__()
        self.use_norm, self.fc = False, nn.Linear(4, 4)

class Net(Base):
    def __init__(self):
        super().__init__()
        self.norm = nn.LayerNorm(4)

    def forward(self, x):
        x = self.fc(x)
        if self.use_norm:
            x = self.norm(x)
        return x
"""


@pytest.mark.parametrize(("base", "bases"), [("(nn.Module)", "Switch"), ("", "Switch, nn.Module")])
def test_what_a_base_class_switches_is_not_settled(base: str, bases: str, tmp_path: Path) -> None:
    """Of that class itself nothing ran, and nothing was built."""
    model = capture_source(_SWITCHED.format(base=base, bases=bases), "2x4", tmp_path)
    assert list(UnusedModule().check(model)) == []


def test_what_a_class_beside_it_switches_is_settled(tmp_path: Path) -> None:
    """It is none of the model's own."""
    model = capture_source(_SWITCHED.format(base="", bases="nn.Module"), "2x4", tmp_path)
    assert [finding.module for finding in UnusedModule().check(model)] == ["norm"]


def test_what_a_buffer_gates_is_not_settled(tmp_path: Path) -> None:
    """It is counted up in place."""
    source = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("steps", torch.tensor(0))
            self.fc, self.norm = nn.Linear(4, 4), nn.LayerNorm(4)

        def forward(self, x):
            self.steps.add_(1)
            x = self.fc(x)
            if self.steps > 5:
                x = self.norm(x)
            return x
    """
    model = capture_source(source, "2x4", tmp_path)
    assert list(UnusedModule().check(model)) == []


def test_methods_that_only_initialise_do_not_count(tmp_path: Path) -> None:
    """Touching the weights of a module is not to use it."""
    others = (
        "def reset_parameters(self):\n    nn.init.zeros_(self.aux.weight)\n\ndef get_head(self):\n    return self.aux"
    )
    findings = _findings(_forward(f"{_USES_ALL_ELSE}\nreturn self.fc(x)", others), tmp_path)
    assert [finding.module for finding in findings] == ["aux"]


_PIECEWISE = (
    "x = self.aux(self.part.features(x)) + self.token\nfor block in self.blocks: x = block(x)\nreturn self.fc(x)"
)


def test_a_part_that_is_run_piecewise_is_found_at_the_line_that_holds_it(tmp_path: Path) -> None:
    """It is the class which calls the pieces that decides."""
    (found,) = _findings(_forward(_PIECEWISE), tmp_path)
    assert (found.module, found.message) == ("part.head", "`part.head` (Linear) is never called: 20 parameters")
    lines = [found.location and found.location.line, *(each.location and each.location.line for each in found.related)]
    assert lines == [19, 8]


def test_a_part_that_another_method_runs_is_not(tmp_path: Path) -> None:
    """Who knows which of its pieces that needs."""
    others = "def score(self, x):\n    return self.part(x)"
    assert _findings(_forward(_PIECEWISE, others), tmp_path) == []


@pytest.mark.parametrize(
    ("loop", "expected"),
    [
        ("for block in self.blocks[:1]: x = block(x)", ["blocks.1"]),
        ("for block, _ in zip(self.blocks, range(2)): x = block(x)", ["blocks.2"]),
        ("for index in range(2): x = self.blocks[index](x)", []),
        ("blocks = self.blocks\nx = blocks[0](x)", []),
        ("for block, _ in zip(self.blocks, range(2)):\n    if self.flag: x = block(x)\n    x = block(x)", ["blocks.2"]),
        ("for i, block in enumerate(self.blocks):\n    if i >= n: break\n    x = block(x)", []),
        ("for i, block in enumerate(self.blocks):\n    if i >= n: continue\n    x = block(x)", []),
        ("for i, block in enumerate(self.blocks):\n    if i < n: x = block(x)", []),
        ("for block in [block for i, block in enumerate(self.blocks) if i < n]: x = block(x)", []),
        ("for block in self.blocks[:1]: x = block(x)\nif n > 5:\n    for block in self.blocks: x = block(x)", []),
    ],
)
def test_members_of_a_list_are_found_where_it_is_walked(loop: str, expected: list[str], tmp_path: Path) -> None:
    """Not where single ones are picked, or the walk may go further: by what, the source does not tell."""
    body = f"x = self.part(x) + self.token\n{loop}\nreturn self.fc(self.aux(x))"
    assert [finding.module for finding in _findings(_forward(body, arguments="x, n=1"), tmp_path)] == expected


def test_members_that_another_method_walks_over_are_not(tmp_path: Path) -> None:
    """It calls those that forward leaves out."""
    body = "for block in self.blocks[:1]: x = block(x)\nreturn self.fc(self.aux(self.part(x) + self.token))"
    others = "def encode(self, x):\n    for block in self.blocks: x = block(x)\n    return x"
    assert _findings(_forward(body, others), tmp_path) == []


def test_members_of_one_list_are_one_finding(tmp_path: Path) -> None:
    """The first speaks for the others."""
    body = "for block in self.blocks[:1]: x = block(x)\nreturn self.fc(self.aux(self.part(x) + self.token))"
    (found,) = _findings(_forward(body), tmp_path)
    assert found.message == "`blocks.1` (Linear) and 1 more of `blocks` are never called: 40 parameters"


_USES_ALL_BUT_ONE = "x = self.aux(self.part(self.blocks[2](self.blocks[1](self.blocks[0](x)))))"


def test_a_parameter_that_only_the_constructor_names_is_found(tmp_path: Path) -> None:
    """At the line that assigns it."""
    (found,) = _findings(_forward(f"{_USES_ALL_BUT_ONE}\nreturn self.fc(x)"), tmp_path)
    assert (found.code, found.message) == ("VIS102", "no op reads the parameter `token`")
    assert found.location is not None
    assert found.location.line == 21


def test_a_parameter_that_other_inputs_need_is_not(tmp_path: Path) -> None:
    """As with a module."""
    body = f"{_USES_ALL_BUT_ONE}\nif mask is not None: x = x + self.token\nreturn self.fc(x)"
    assert _findings(_forward(body, arguments="x, mask=None"), tmp_path) == []


def test_nothing_is_said_after_a_failure(tmp_path: Path) -> None:
    """What comes after it was not seen."""
    assert _findings(_forward("x = self.fc(x)\nraise ValueError"), tmp_path) == []


def test_what_is_scripted_is_not_judged(tmp_path: Path) -> None:
    """Nobody sees what runs in there."""
    source = """
    class Inner(nn.Module):
        def __init__(self):
            super().__init__()
            self.used, self.unused = nn.Linear(4, 4), nn.Linear(4, 4)

        def forward(self, x):
            return self.used(x)

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = torch.jit.script(Inner())

        def forward(self, x):
            return self.inner(x)
    """
    model = capture_source(source, "2x4", tmp_path)
    assert [*UnusedModule().check(model), *UnusedParameter().check(model)] == []
