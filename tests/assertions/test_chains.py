"""Rows of modules and ops that feed each other straight."""

import pytest

from tests.assertions.failing import failure
from visunn_lint import Topology


@pytest.mark.parametrize(
    ("pattern", "within", "expected"),
    [
        (
            "Conv2d -> BatchNorm2d -> ReLU",
            "layer1.*",
            (("layer1.0.conv1", "layer1.0.bn1", "layer1.0.relu"), ("layer1.1.conv1", "layer1.1.bn1", "layer1.1.relu")),
        ),
        ("stem -> layer1", "*", (("stem", "layer1"),)),
        ("Block->Block", "*", (("layer1.0", "layer1.1"),)),
        ("layer1.1.bn2 -> add", "*", (("layer1.1.bn2", "Net/layer1/1/add"),)),
        ("drop -> same -> head", "*", (("drop", "same", "head"),)),
        ("drop -> head", "*", (("drop", "head"),)),
        ("Conv2d -> ReLU", "*", ()),
        ("stem -> layer1", "layer1*", ()),
    ],
)
def test_chains_feed_each_other(
    topology: Topology, pattern: str, within: str, expected: tuple[tuple[str, ...], ...]
) -> None:
    """Kinds, paths and ops are steps, of containers too, and all lie within the modules that are named."""
    assert topology.chains(pattern, within=within) == expected


def test_a_missing_chain_shows_how_far_it_goes(topology: Topology) -> None:
    """The message has the longest row that is there, and what it feeds in place of the next step."""
    topology.assert_chain("Conv2d -> BatchNorm2d -> ReLU", within="layer1.1.*")
    assert failure(lambda: topology.assert_chain("Conv2d -> BatchNorm2d -> Dropout", within="layer1.*")) == (
        "no chain Conv2d -> BatchNorm2d -> Dropout in Net within `layer1.*`\n"
        "    layer1.0.conv1 → layer1.0.bn1 is there and feeds layer1.0.relu, not Dropout\n"
        "    at y = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))"
    )


def test_a_chain_without_a_beginning(topology: Topology) -> None:
    """A first step that stands for nothing, and a place with no modules, are told."""
    assert failure(lambda: topology.assert_chain("Conv1d -> ReLU")) == (
        "no chain Conv1d -> ReLU in Net\n    nothing in Net matches `Conv1d`; did you mean `Conv2d` or `conv2d`?"
    )
    assert failure(lambda: topology.assert_chain("ReLU -> Linear", within="layer9")) == (
        "no chain ReLU -> Linear in Net within `layer9`\n    no module called there has a path that matches `layer9`"
    )


def test_an_empty_step_is_an_error(topology: Topology) -> None:
    """A chain that is not written as one is no failure of the model."""
    with pytest.raises(ValueError, match=r"^a chain is written as `Conv2d -> BatchNorm2d`, not as 'Conv2d ->'$"):
        topology.assert_chain("Conv2d ->")
