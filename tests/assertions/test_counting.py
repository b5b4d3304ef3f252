"""How many modules and ops there are, and how often they are called."""

import pytest
from torch import Tensor, nn

import visunn_lint
from tests.assertions.failing import failure
from visunn_lint import Topology


@pytest.mark.parametrize(
    ("pattern", "number"),
    [("Conv2d", 5), ("torch.nn.Batch*", 4), ("layer1.*.relu", 2), ("softmax", 1), ("aten::conv2d", 5), ("Conv3d", 0)],
)
def test_count_is_that_of_modules_else_of_ops(topology: Topology, pattern: str, number: int) -> None:
    """A pattern counts modules by kind or path, ops only where no module matches, and with ``::`` always."""
    assert topology.count(pattern) == number
    topology.assert_count(pattern, number)


def test_a_wrong_count_lists_what_is_there(topology: Topology) -> None:
    """The message has both numbers, and where each module is built."""
    assert failure(lambda: topology.assert_count("layer1.0.conv*", 3)) == (
        "expected 3 `layer1.0.conv*`, Net has 2\n"
        "    layer1.0.conv1   Conv2d   at self.conv1 = nn.Conv2d(8, 8, 3, padding=1, bias=False)\n"
        "    layer1.0.conv2   Conv2d   at self.conv2 = nn.Conv2d(8, 8, 3, padding=1, bias=False)"
    )


def test_a_count_of_nothing_names_what_is_close(topology: Topology) -> None:
    """A pattern that stands for nothing is most often misspelt."""
    assert failure(lambda: topology.assert_count("Conv1d", 5)) == (
        "expected 5 `Conv1d`, nothing in Net matches `Conv1d`; did you mean `Conv2d` or `conv2d`?"
    )


def test_nothing_of_a_kind(topology: Topology) -> None:
    """What must not be there is listed where it is."""
    topology.assert_no("Conv3d")
    assert failure(lambda: topology.assert_no("Dropout*")) == (
        "expected no `Dropout*`, Net has 1\n    drop   Dropout   at self.drop = nn.Dropout(0.1)"
    )
    assert failure(lambda: topology.assert_no("softmax")) == (
        "expected no `softmax`, Net has 1\n    softmax      at torch.softmax(self.aux(y), -1)"
    )


def test_a_long_list_is_cut(topology: Topology) -> None:
    """No message lists more than eight places."""
    *_, before, last = failure(lambda: topology.assert_no("layer1*")).splitlines()
    assert before.startswith("    layer1.1 ")
    assert last == "    and 5 more"


def test_calls_of_each_module(topology: Topology) -> None:
    """Each module that matches is called so often; the lines of the calls are shown."""
    topology.assert_calls("layer1.?.relu", 2)
    assert failure(lambda: topology.assert_calls("layer1.0.relu", 1)) == (
        "`layer1.0.relu` (ReLU) is called 2 times, expected 1\n"
        "    at y = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))\n"
        "    at z: Tensor = self.relu(x + y)"
    )
    assert failure(lambda: topology.assert_calls("unused", 1)) == (
        "`unused` (Linear) is never called, expected 1\n    at self.unused = nn.Linear(8, 3)"
    )


def test_calls_are_those_of_modules(topology: Topology) -> None:
    """An op is no module, and what matches nothing is not called zero times."""
    assert failure(lambda: topology.assert_calls("softmax", 1)) == (
        "`softmax` is no module of Net but an op: count it with assert_count"
    )
    assert failure(lambda: topology.assert_calls("haed", 0)) == ("nothing in Net matches `haed`; did you mean `head`?")


class InPlace(nn.Module):
    """Adds twice, once in place."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the same shape."""
        y = x + 1
        y += 1
        return y


def test_an_op_in_place_is_that_op() -> None:
    """``add`` stands for ``add_``, too; the name with the underscore for that alone."""
    topology = visunn_lint.trace(InPlace(), inputs="2x4")
    assert [topology.count(pattern) for pattern in ("add", "aten::add", "add_", "ad?")] == [2, 2, 1, 2]
    assert topology.chains("add -> add") == (("InPlace/add", "InPlace/add_"),)
