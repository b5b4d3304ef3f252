"""What a comparison of two models says of real changes, and that it says nothing of none."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torchvision import models

from tests.diff.building import Block, Net, outline_of, outlined
from visunn_lint import trace
from visunn_lint.diff import Change, Detail, Diff, Rewired, compare
from visunn_lint.outline import Entry, Outline, outline


def summary(diff: Diff) -> list[tuple[str, str | None, str | None]]:
    """Return the kind of each change and the paths of its module."""
    return [(change.kind, change.before, change.after) for change in diff.changes]


def torchvision_outline(name: str) -> Outline:
    """Return the outline of one of torchvision's models."""
    with torch.device("meta"):
        model = models.get_model(name, weights=None)
    return outline(trace(model, inputs="2x3x224x224"))


def test_a_model_and_its_second_capture_do_not_differ() -> None:
    """The totals are those of the model on both sides."""
    first, second = (outline_of(Net(Block(4)), 2, 3, 8, 8) for _ in range(2))
    assert first == second
    diff = compare(first, second)
    assert not diff
    assert diff == Diff(inputs=(first.inputs,) * 2, modules=(7, 7), parameters=(278, 278))


def test_deeper_resnet_is_its_new_blocks() -> None:
    """From resnet18 to resnet34 eight blocks come, and no other module is said to change."""
    diff = compare(torchvision_outline("resnet18"), torchvision_outline("resnet34"))
    assert summary(diff) == [
        ("added", None, f"layer{stage}.{block}")
        for stage, blocks in ((1, [2]), (2, [2, 3]), (3, [2, 3, 4, 5]), (4, [2]))
        for block in blocks
    ]
    assert (diff.rewired, diff.reshaped) == ((), ())
    assert {change.modules for change in diff.changes} == {6}
    assert sum(change.parameters for change in diff.changes) == diff.parameters[1] - diff.parameters[0]


def test_deeper_transformer_is_its_new_layers() -> None:
    """Layers whose names end in numbers are a series as well."""

    def encoder(depth: int) -> Outline:
        layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
        return outline_of(nn.TransformerEncoder(layer, depth), 2, 5, 8)

    diff = compare(encoder(2), encoder(4))
    assert summary(diff) == [("changed", "", ""), ("added", None, "layers.2"), ("added", None, "layers.3")]
    assert diff.changes[0].details == (Detail("num_layers", "2", "4"),)


def test_other_convolutions_are_changed_in_place() -> None:
    """From resnet50 to resnext50 nothing comes or goes: widths and groups change."""
    diff = compare(torchvision_outline("resnet50"), torchvision_outline("resnext50_32x4d"))
    assert {change.kind for change in diff.changes} == {"changed"}
    by_path = {change.after: change.details for change in diff.changes}
    assert by_path["layer1.0.conv2"][:3] == (
        Detail("in_channels", "64", "128"),
        Detail("out_channels", "64", "128"),
        Detail("groups", "", "32"),
    )
    assert diff.rewired == ()


def test_block_inserted_in_the_middle_is_one_insertion() -> None:
    """The blocks behind it have other numbers, which is no change of theirs."""
    blocks = [Block(4, bias=bool(number % 2)) for number in range(16)]
    inserted = nn.Sequential(nn.Conv2d(4, 4, 1))
    diff = compare(
        outline_of(Net(*blocks), 2, 3, 8, 8), outline_of(Net(*blocks[:7], inserted, *blocks[7:]), 2, 3, 8, 8)
    )
    assert summary(diff) == [("added", None, "blocks.7")]
    assert (diff.rewired, diff.reshaped) == ((), ())


def test_renamed_attribute_is_a_move() -> None:
    """A module built alike under another name is the same module."""
    diff = compare(outline_of(Net(Block(4)), 2, 3, 8, 8), outline_of(Net(Block(4), head="fc"), 2, 3, 8, 8))
    assert diff.changes == (Change("moved", "head", "fc", "torch.nn.Linear", parameters=10),)
    assert diff.rewired == ()


def test_model_wrapped_in_another_is_a_move_of_its_parts() -> None:
    """What was at the root is found again below a new parent."""
    plain = outlined({"body": "Body", "body.conv": "Conv", "head": "Head"})
    wrapped = outlined({"net": "Net2", "net.body": "Body", "net.body.conv": "Conv", "net.head": "Head"})
    diff = compare(plain, wrapped)
    assert summary(diff) == [
        ("added", None, "net"),
        ("moved", "body", "net.body"),
        ("moved", "head", "net.head"),
    ]
    assert (diff.changes[0].modules, diff.changes[0].parameters) == (1, 2)


def test_changed_argument_is_told_with_what_it_was() -> None:
    """Arguments come first, then tensors and shapes; what follows elsewhere is reshaped."""
    old, new = (outline_of(nn.Sequential(nn.Linear(4, width), nn.ReLU()), 2, 4) for width in (5, 6))
    diff = compare(old, new)
    assert diff.changes == (
        Change(
            "changed",
            "0",
            "0",
            "torch.nn.Linear",
            (
                Detail("out_features", "5", "6"),
                Detail("bias", "float32[5]", "float32[6]"),
                Detail("weight", "float32[5,4]", "float32[6,4]"),
                Detail("call 0", "float32[2,4] -> float32[2,5]", "float32[2,4] -> float32[2,6]"),
            ),
            parameters=30,
        ),
    )
    assert [change.after for change in diff.reshaped] == ["", "1"]


def test_other_activation_in_its_place_is_a_change_of_kind() -> None:
    """A module of another class under the same name took its place."""
    old, new = (outline_of(nn.Sequential(nn.Linear(4, 4), act), 2, 4) for act in (nn.ReLU(), nn.GELU()))
    assert compare(old, new).changes == (
        Change("changed", "1", "1", "torch.nn.GELU", (Detail("kind", "torch.nn.ReLU", "torch.nn.GELU"),)),
    )


def test_call_that_is_made_twice_is_a_change() -> None:
    """The number of calls belongs to a module."""

    class Twice(nn.Module):
        def __init__(self, times: int) -> None:
            super().__init__()
            self.fc, self.times = nn.Linear(4, 4), times

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            for _ in range(self.times):
                x = self.fc(x)
            return x

    diff = compare(outline_of(Twice(1), 2, 4), outline_of(Twice(2), 2, 4))
    assert Detail("calls", "1", "2") in diff.changes[-1].details


def test_lost_skip_connection_is_a_change_of_wiring() -> None:
    """Modules that are built and called alike may be wired otherwise."""
    kinds = {"a": "A", "b": "B", "c": "C"}
    skip = outlined(kinds, {"<x>": ("a",), "a": ("b", "c"), "b": ("c",), "c": ("<out.0>",)})
    chain = outlined(kinds, {"<x>": ("a",), "a": ("b",), "b": ("c",), "c": ("<out.0>",)})
    assert compare(skip, chain) == Diff(rewired=(Rewired("removed", "a", "c"),), modules=(4, 4), parameters=(8, 8))


def test_file_that_a_model_lies_in_is_no_change() -> None:
    """Classes beside the model's own are told by their names."""
    assert not compare(
        Outline("", 0, {"": _entry("old.model.Net"), "a": _entry("old.model.Block")}),
        Outline("", 0, {"": _entry("new.Net"), "a": _entry("new.Block")}),
    )


def _entry(kind: str) -> Entry:
    return Entry(kind)


PATHS = st.dictionaries(
    st.lists(st.sampled_from(["a", "b", "c0", "c1", "c2", "0", "1", "2"]), min_size=1, max_size=3).map(".".join),
    st.sampled_from(["A", "B", "C"]),
    max_size=9,
)


@given(PATHS, PATHS)
def test_no_difference_is_told_of_equal_models_alone(old: dict[str, str], new: dict[str, str]) -> None:
    """Two models without a change hold the same kinds of modules, and every added or removed one is counted."""
    before, after = outlined(old), outlined(new)
    diff = compare(before, after)
    if not diff:
        assert sorted(before.modules[path].kind for path in before.modules) == sorted(
            after.modules[path].kind for path in after.modules
        )
    came = sum(change.modules for change in diff.changes if change.kind == "added")
    went = sum(change.modules for change in diff.changes if change.kind == "removed")
    assert came - went == len(after.modules) - len(before.modules)


@given(PATHS)
def test_a_model_does_not_differ_from_itself(kinds: dict[str, str]) -> None:
    """Whatever its modules are called."""
    assert not compare(outlined(kinds), outlined(kinds))


@given(PATHS, PATHS)
def test_way_back_is_the_mirror(old: dict[str, str], new: dict[str, str]) -> None:
    """What came on the way there goes on the way back, as far as counts tell."""

    def counts(diff: Diff) -> tuple[int, int]:
        sums = {kind: sum(each.modules for each in diff.changes if each.kind == kind) for kind in ("added", "removed")}
        return sums["added"], sums["removed"]

    there, back = compare(outlined(old), outlined(new)), compare(outlined(new), outlined(old))
    assert counts(there)[0] - counts(there)[1] == counts(back)[1] - counts(back)[0]


@pytest.mark.parametrize("size", [400, 600])
def test_long_series_are_compared(size: int) -> None:
    """Series too long for an alignment of every pair are trimmed at both ends first."""
    kinds = {f"blocks.{number}": f"Kind{number % 7}" for number in range(size)}
    longer = {"blocks": "S", **{f"blocks.{n if n < 9 else n + 1}": f"Kind{n % 7}" for n in range(size)}}
    diff = compare(outlined({"blocks": "S", **kinds}), outlined({**longer, "blocks.9": "New"}))
    assert summary(diff) == [("added", None, "blocks.9")]
