"""The tree as lines: what a row says, what is folded, what fits."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch
from torch import nn

from visunn_lint import cost, pipeline, tree
from visunn_lint.errors import VisunnError
from visunn_lint.finding import Finding, Severity
from visunn_lint.records import Call, Captured, Module, Param, Slot
from visunn_lint.spec import TensorSpec
from visunn_lint.text import cells, clip, clip_start, in_ascii, safe
from visunn_lint.topology import Topology
from visunn_lint.tree.kinds import describe

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from visunn_lint.tree import Line, Look, Mark


def plain(lines: Iterable[Line]) -> list[str]:
    """Return lines without their styles."""
    return ["".join(span.text for span in line) for line in lines]


def show(topology: Topology, look: Look | None = None, marks: Mapping[str, Sequence[Mark]] | None = None) -> list[str]:
    """Return the tree as lines of text."""
    return plain(tree.lines(topology, cost.measure(topology), look or tree.Look(), marks))


def body(lines: Sequence[str]) -> list[str]:
    """Return the rows of the tree alone: between the titles and the empty line after them."""
    start = next(index for index, line in enumerate(lines) if line.startswith("module"))
    return list(lines[start + 1 : lines.index("", start)])


def traced(model: nn.Module, *shapes: tuple[int, ...]) -> Topology:
    """Return the Topology of a model that takes float tensors of these shapes."""
    return pipeline.build_topology(pipeline.capture(model, tuple(torch.zeros(shape) for shape in shapes)))


class Block(nn.Module):
    """Two layers that share one activation."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Linear(width, width)
        self.relu = nn.ReLU()
        self.second = nn.Linear(width, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the second layer's output, activated as the first's was."""
        x = self.relu(self.first(x))
        x = self.relu(self.second(x))
        return x  # noqa: RET504 -- a module's call is Any to mypy


class Net(nn.Module):
    """Equal blocks, a different one, and a layer that is never called."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(4))
        self.blocks = nn.Sequential(*[Block(4) for _ in range(3)])
        self.head = nn.Linear(4, 2, bias=False)
        self.spare = nn.Sequential(nn.Linear(4, 4), nn.ReLU())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the head's output."""
        x = self.head(self.blocks(x * self.scale))
        return x  # noqa: RET504 -- a module's call is Any to mypy


@pytest.fixture(scope="module")
def net() -> Topology:
    """Return the Topology of Net."""
    with torch.device("meta"):
        return traced(Net(), (2, 4))


def test_the_tree_is_header_rows_and_totals(net: Topology) -> None:
    """The whole picture: equal siblings folded, recycled and unused modules noted, sums below."""
    assert str(net).splitlines() == [
        "Net   152 parameters   208 FLOPs a sample   input 2×4 float32   captured on meta, eval",
        "",
        "module               kind          output   parameters",
        "├── scale            Parameter 4                     4",
        "├── blocks           Sequential    2×4             120",
        "│   └── 0…2          Block ×3      2×4              40",
        "│       ├── first    Linear 4→4    2×4              20",
        "│       ├── relu     ReLU          2×4                   ↺ called twice",
        "│       └── second   Linear 4→4    2×4              20",
        "├── head             Linear 4→2    2×2               8",
        "└── spare            Sequential                     20   never called",
        "    ├── 0            Linear 4→4                     20",
        "    └── 1            ReLU",
        "",
        "Parameters         152    0.00 MB",
        "Trainable          152",
        "Non-trainable        0",
        "FLOPs, batch of 2  416",
        "Input                     0.00 MB",
        "Forward/backward          0.00 MB",
        "Estimated total           0.00 MB",
    ]


def test_every_glyph_has_an_ascii_twin(net: Topology) -> None:
    """The ASCII tree has the same rows in ASCII alone."""
    lines = show(net, tree.Look(ascii=True))
    assert all(line.isascii() for line in lines)
    assert body(lines)[1:5] == [
        "|-- blocks           Sequential    2x4             120",
        "|   `-- 0...2        Block x3      2x4              40",
        "|       |-- first    Linear 4->4   2x4              20",
        "|       |-- relu     ReLU          2x4                   @ called twice",
    ]


def test_depth_hides_what_is_deeper_and_says_so(net: Topology) -> None:
    """At depth 1 each child is one row, with the number of modules that it stands for."""
    assert body(show(net, tree.Look(depth=1))) == [
        "├── scale    Parameter 4                     4",
        "├── blocks   Sequential    2×4             120   +12 modules",
        "├── head     Linear 4→2    2×2               8",
        "└── spare    Sequential                     20   never called  +2 modules",
    ]


def test_at_depth_0_the_root_is_all(net: Topology) -> None:
    """One row for the whole, with its findings and what is below."""
    marks = findings(("", Severity.ERROR, "VIS107"), ("head", Severity.WARNING, "VIS102"))
    lines = show(net, tree.Look(depth=0), marks)
    assert lines[0].endswith("captured on meta, eval")
    assert body(lines)[0].split() == ["Net", "2×2", "152", "✗", "VIS107", "▲", "VIS102", "+17", "modules"]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("", ["scale", "blocks", "head", "spare"]),
        ("parameters", ["blocks", "spare", "head", "scale"]),
        ("flops", ["blocks", "head", "scale", "spare"]),
        ("name", ["blocks", "head", "scale", "spare"]),
    ],
)
def test_siblings_can_be_sorted(net: Topology, sort: str, order: list[str]) -> None:
    """Numbers with the largest first, names as people count."""
    rows = body(show(net, tree.Look(sort=sort, depth=1)))
    assert [row.split()[1] for row in rows] == order


def test_names_sort_as_people_count() -> None:
    """layer10 comes after layer9."""
    modules = {f"layer{index}": Module(f"layer{index}", f"Kind{index}") for index in (10, 9, 1)}
    rows = body(show(topology(*modules.values()), tree.Look(sort="name")))
    assert [row.split()[1] for row in rows] == ["layer1", "layer9", "layer10"]


def test_columns_are_chosen_by_name(net: Topology) -> None:
    """Every column in the order asked for."""
    columns = ("calls", "input", "kernel", "share", "trainable", "flops", "source")
    lines = show(net, tree.Look(columns=columns, depth=1))
    assert lines[2].split() == ["module", "kind", "calls", "input", "kernel", "share", "trainable", "FLOPs", "source"]
    assert body(lines)[2].split()[1:7] == ["head", "Linear", "4→2", "1", "2×4", "5.3%"]


def test_an_unknown_name_is_an_error_with_the_closest() -> None:
    """What the command line hands on is refused here."""
    with pytest.raises(VisunnError, match="there is no column 'outputs'; did you mean 'output'"):
        tree.Look(columns=("outputs",))
    with pytest.raises(VisunnError, match="there is no order 'parameter'; did you mean 'parameters'"):
        tree.Look(sort="parameter")


def findings(*places: tuple[str, Severity, str]) -> dict[str, list[Mark]]:
    """Return findings as marks."""
    return tree.marks_of(Finding(code, "rule", severity, "", module=module) for module, severity, code in places)


def test_findings_are_marked_where_they_are(net: Topology) -> None:
    """A marked module is not folded away with unmarked ones, and the worst finding comes first."""
    marks = findings(
        ("blocks.1.relu", Severity.INFO, "VIS110"),
        ("head", Severity.WARNING, "VIS102"),
        ("head", Severity.ERROR, "VIS106"),
        ("", Severity.ERROR, "VIS107"),
    )
    lines = show(net, marks=marks)
    assert lines[0].endswith("captured on meta, eval   ✗ VIS107")
    assert [line for line in body(lines) if "VIS" in line or "Block" in line] == [
        "│   ├── 0            Block         2×4              40",
        "│   ├── 1            Block         2×4              40",
        "│   │   ├── relu     ReLU          2×4                   ● VIS110  ↺ called twice",
        "│   └── 2            Block         2×4              40",
        "├── head             Linear 4→2    2×2               8   ✗ VIS106  ▲ VIS102",
    ]


def test_findings_below_the_depth_are_marked_above_it(net: Topology) -> None:
    """What is hidden is not lost."""
    marks = findings(("blocks.0.relu", Severity.INFO, "VIS110"), ("blocks.2.relu", Severity.INFO, "VIS110"))
    rows = body(show(net, tree.Look(depth=1), marks))
    assert rows[1] == "├── blocks   Sequential    2×4             120   ● VIS110 ×2  +12 modules"


class Broken(nn.Module):
    """Its second layer does not fit the first."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second, self.third = nn.Linear(4, 3), nn.Linear(4, 3), nn.Linear(3, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Raise."""
        x = self.third(self.second(self.first(x)))
        return x  # noqa: RET504 -- a module's call is Any to mypy


def test_a_failure_is_shown_where_forward_stopped() -> None:
    """The failing module is marked, what comes after it was not reached, and the reason stands below."""
    lines = show(traced(Broken(), (2, 4)))
    notes = [line.split("   ")[-1].strip() for line in body(lines)]
    assert notes == ["15", "✗ forward stopped here: RuntimeError", "not reached"]
    start = lines.index("", lines.index(body(lines)[-1])) + 1
    message = "RuntimeError: mat1 and mat2 shapes cannot be multiplied (2x3 and 4x3)"
    assert lines[start] == f"✗ forward stopped in `second`: {message}"
    assert lines[start + 1] == "  aten::linear of 2×3 float32, 3×4 float32, 3 float32"
    assert not any("because" in line for line in lines), "why it was run again says no more than why it stopped"


def test_where_forward_stopped_is_told_from_the_working_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """As every path in a report is; what lies outside keeps its whole path."""
    broken, here = traced(Broken(), (2, 4)), Path(__file__).parent
    places = []
    for folder in (here, here / "models"):
        monkeypatch.chdir(folder)
        places += [line for line in show(broken) if line.startswith("  at ")]
    assert [place.rpartition("test_tree.py")[0] for place in places] == ["  at ", f"  at {here}/"]


class Shared(nn.Module):
    """One module under three names, one weight under two, one module that torch does not know of."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(10, 4)
        layer = nn.Linear(4, 4)
        self.same = nn.Sequential(layer, layer, layer)
        self.head = nn.Linear(4, 10, bias=False)
        self.head.weight = self.embed.weight
        self.hidden = [nn.Linear(4, 4), nn.Linear(4, 4)]

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """Return logits."""
        x: torch.Tensor = self.same(self.embed(tokens))
        for layer in (*self.hidden, self.head):
            x = layer(x)
        return x


def test_what_is_shared_says_with_whom() -> None:
    """Other names of a module, tied weights, and modules in plain lists, which count for nobody else."""
    captured = pipeline.capture(Shared(), (torch.zeros(2, 3, dtype=torch.long),))
    assert body(show(pipeline.build_topology(captured))) == [
        "├── embed         Embedding 10×4   2×3×4            40",
        "├── same          Sequential       2×3×4            20",
        "│   ├── 0         Linear 4→4       2×3×4            20   ↺ called 3 times",
        "│   └── 1…2       Linear ×2                              ↳ shared with same.0",
        "├── head          Linear 4→10      2×3×10           40   ↳ weight shared with embed.weight",
        "└── hidden[0…1]   Linear 4→4 ×2    2×3×4            20   not registered: list",
    ]


def topology(*modules: Module) -> Topology:
    """Return a Topology of modules alone, each called once, under a root."""
    root = Module("", "Net", children=tuple(module.path for module in modules))
    return Topology("Net", {module.path: module for module in (root, *modules)}, {}, Captured("native", "meta"))


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("a b", "a b"),
        ("[/b]", "[/b]"),
        ("x[0]", "x[0]"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("two\nlines", r"two\nlines"),
        ("\u202eevil", r"\u202eevil"),
        ("層", "層"),
    ],
)
def test_names_are_shown_as_text(key: str, shown: str) -> None:
    """Whatever a ModuleDict's key holds, it moves no cursor, sets no colour and breaks no row."""
    assert body(show(topology(Module(key, "Linear")))) == [f"└── {shown}   Linear"]


def test_wide_characters_are_two_columns_wide() -> None:
    """Columns stay aligned."""
    rows = body(show(topology(Module("層", "Linear"), Module("ab", "ReLU"))))
    assert rows == ["├── 層   Linear", "└── ab   ReLU"]


def test_a_model_without_children_is_one_row() -> None:
    """The root itself is listed when there is nothing below it."""
    assert body(show(traced(nn.Linear(3, 4), (2, 3)))) == ["         Linear 3→4   2×4              16"]


def test_a_long_chain_is_one_row_and_ends() -> None:
    """Two thousand equal layers fold into one row, two thousand different ones are as many."""
    equal = topology(*(Module(str(index), "ReLU") for index in range(2000)))
    different = topology(*(Module(str(index), f"Kind{index}") for index in range(2000)))
    assert body(show(equal)) == ["└── 0…1999   ReLU ×2000"]
    assert len(body(show(different))) == 2000


def test_modules_nested_deeper_than_python_recurses_are_shown() -> None:
    """A foreign table may be of any depth."""
    paths = [".".join(["m"] * depth) for depth in range(1, 1500)]
    modules = [Module(path, "M", children=(f"{path}.m",)) for path in paths]
    by_path = {module.path: module for module in (Module("", "Net", children=("m",)), *modules)}
    rows = body(show(Topology("Net", by_path, {}, Captured("events", "file"))))
    assert len(rows) == len(paths)


def test_shape_of_a_lazy_parameter_is_noted() -> None:
    """A lazy layer that never ran has no sizes to show."""
    lazy = Module("fc", "LazyLinear", params=(Param("fc.weight", None, "float32"),))
    assert body(show(topology(lazy)))[0].endswith("   shape not known")


def test_calls_of_a_repeated_parent_are_not_repeated_below() -> None:
    """In a subtree called twice the note stands at its top; one that is called more often still has its own."""

    def called(path: str, times: int) -> tuple[Call, ...]:
        return tuple(Call(path, index, (), (Slot("0", TensorSpec((1,), "float32")),)) for index in range(times))

    modules = {
        "": Module("", "Net", children=("twin",), calls=called("", 1)),
        "twin": Module("twin", "Twin", children=("twin.fc", "twin.relu"), calls=called("twin", 2)),
        "twin.fc": Module("twin.fc", "Linear", calls=called("twin.fc", 2)),
        "twin.relu": Module("twin.relu", "ReLU", calls=called("twin.relu", 4)),
    }
    rows = body(show(Topology("Net", modules, {}, Captured("native", "meta"))))
    assert [row.partition("↺")[2] for row in rows] == [" called twice", "", " called 4 times"]


WIDTHS = (200, 120, 80, 60, 40, 24)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("ascii_only", [False, True])
def test_no_line_is_wider_than_the_terminal(net: Topology, width: int, ascii_only: bool) -> None:  # noqa: FBT001 -- a parameter of the test
    """Gaps, kinds, columns, notes and names give way, in this order; rows are never wrapped."""
    look = tree.Look(columns=tuple(tree.COLUMNS), width=width, ascii=ascii_only)
    marks = findings(("blocks.1.relu", Severity.INFO, "VIS110"), ("spare", Severity.WARNING, "VIS101"))
    lines = show(net, look, marks)
    assert max(map(cells, lines)) <= width
    assert len(body(lines)) == len(body(show(net, marks=marks)))


@pytest.mark.parametrize(
    ("width", "totals"),
    [
        (
            48,
            [
                "Parameters           1,000,000   1.00 M  4.00 MB",
                "Trainable            1,000,000   1.00 M",
                "Non-trainable                0",
                "FLOPs, batch of 16  32,000,000  32.00 M",
                "Input                                    0.06 MB",
                "Forward/backward                         0.13 MB",
                "Estimated total                          4.19 MB",
            ],
        ),
        (
            40,
            [
                "Parameters           1,000,000  4.00 MB",
                "Trainable            1,000,000",
                "Non-trainable                0",
                "FLOPs, batch of 16  32,000,000",
                "Input                           0.06 MB",
                "Forward/backward                0.13 MB",
                "Estimated total                 4.19 MB",
            ],
        ),
        (
            30,
            [
                "Parameters           1,000,000",
                "                       4.00 MB",
                "Trainable            1,000,000",
                "Non-trainable                0",
                "FLOPs, batch of 16  32,000,000",
                "Input                  0.06 MB",
                "Forward/backward       0.13 MB",
                "Estimated total        4.19 MB",
            ],
        ),
    ],
)
def test_totals_fit_a_narrow_terminal_whole(width: int, totals: list[str]) -> None:
    """Where there is no room, totals are not rounded as well, then sizes stand below counts; nothing is cut."""
    topology = traced(nn.Linear(1_000, 1_000, bias=False), (16, 1_000))
    lines = plain(tree.lines(topology, cost.measure(topology), tree.Look(width=width)))
    assert lines[-len(totals) :] == totals


def test_a_narrow_terminal_shortens_kinds_before_it_drops_columns() -> None:
    """The class gives way before its numbers, and both before a column."""
    model = nn.Sequential(nn.AdaptiveAvgPool2d(7), nn.Flatten(), nn.Linear(147, 1000))
    lines = show(traced(model, (2, 3, 14, 14)), tree.Look(width=48))
    assert body(lines) == [
        "├── 0   AdaptiveAvg… to 7×7  2×3×7×7",
        "├── 1   Flatten              2×147",
        "└── 2   Linear 147→1000      2×1000      148,000",
    ]


KINDS = [
    (nn.Conv2d(3, 64, 7, stride=2, padding=3), "Conv2d 3→64, 7×7, /2"),
    (nn.Conv1d(32, 32, 3, groups=32, dilation=2), "Conv1d 32→32, 3, dilation 2, depthwise"),
    (nn.Conv2d(32, 64, (1, 7), stride=(1, 2), groups=4), "Conv2d 32→64, 1×7, /1×2, groups 4"),
    (nn.MaxPool2d(3, 2), "MaxPool2d 3×3, /2"),
    (nn.AdaptiveAvgPool2d((1, 1)), "AdaptiveAvgPool2d to 1×1"),
    (nn.Linear(512, 1000), "Linear 512→1000"),
    (nn.Bilinear(2, 3, 4), "Bilinear 2, 3→4"),
    (nn.Embedding(1000, 64), "Embedding 1000×64"),
    (nn.LayerNorm((4, 768)), "LayerNorm 4×768"),
    (nn.BatchNorm2d(64), "BatchNorm2d 64"),
    (nn.GroupNorm(8, 64), "GroupNorm 64, 8 groups"),
    (nn.Dropout(0.1), "Dropout 0.1"),
    (nn.LSTMCell(32, 64), "LSTMCell 32→64"),
    (nn.MultiheadAttention(512, 8), "MultiheadAttention 512, 8 heads"),
    (nn.Softmax(dim=-1), "Softmax dim -1"),
    (nn.GELU(), "GELU"),
    (nn.GELU("tanh"), "GELU tanh"),
    (nn.LeakyReLU(0.2), "LeakyReLU 0.2"),
    (nn.Upsample(scale_factor=2), "Upsample ×2, nearest"),
    (nn.Upsample((8, 8), mode="bilinear"), "Upsample to 8×8, bilinear"),
    (nn.PixelShuffle(2), "PixelShuffle ×2"),
    (nn.ReLU(), "ReLU"),
]


@pytest.mark.parametrize(("module", "words"), KINDS, ids=lambda value: value if isinstance(value, str) else "")
def test_a_kind_is_told_by_its_telling_hyperparameters(module: nn.Module, words: str) -> None:
    """A class and the few numbers by which people tell layers apart."""
    table = pipeline.capture(nn.Sequential(module), ()).table
    assert " ".join(filter(None, describe(table.modules[1]))) == words


def test_a_recurrent_layer_is_told_by_its_sizes() -> None:
    """Layers and directions stand behind the sizes."""
    sizes = {"input_size": 32, "hidden_size": 64, "num_layers": 2, "bidirectional": True}
    assert describe(Module("lstm", "torch.nn.LSTM", hyperparameters=sizes)) == ("LSTM", "32→64 ×2 bidirectional")


@pytest.mark.parametrize(
    ("text", "end", "start"), [("abcdef", "abc…", "…def"), ("abcd", "abcd", "abcd"), ("層層層", "層…", "…層")]
)
def test_text_is_cut_to_a_width_in_columns(text: str, end: str, start: str) -> None:
    """A wide character is not halved."""
    assert (clip(text, 4), clip_start(text, 4)) == (end, start)


def test_ascii_text_keeps_what_has_no_twin_readable() -> None:
    """Glyphs have twins, other characters are written out; the text is safe either way."""
    assert in_ascii("2×3 → é…") == r"2x3 -> \xe9..."
    assert safe("a\tb") == r"a\tb"
