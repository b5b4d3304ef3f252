"""Visu: what of a batch reaches forward, what it leaves alone, and what its log holds."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, RandomSampler, TensorDataset

from visunn_lint import CaptureError, Visu, trace
from visunn_lint.errors import InputError, TargetError, VisunnError
from visunn_lint.pipeline.events import topology_of

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent


class One(nn.Module):
    """Takes one input, and may take a mask."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 2)
        self.dropout = nn.Dropout()

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return two numbers for four."""
        x = x if mask is None else x * mask
        result: Tensor = self.dropout(self.fc(x))
        return result


class Two(nn.Module):
    """Takes two inputs."""

    def forward(self, left: Tensor, right: Tensor) -> Tensor:
        """Return their sum."""
        return left + right


class Named(nn.Module):
    """Takes inputs by their names, as models of language do."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(10, 4)

    def forward(self, ids: Tensor, weight: Tensor | None = None) -> Tensor:
        """Return vectors of four."""
        result: Tensor = self.embed(ids)
        return result if weight is None else result * weight


class OfDict(nn.Module):
    """Takes a dict as it is."""

    def forward(self, batch: dict[str, Tensor]) -> Tensor:
        """Return what is in it."""
        return batch["x"] * 2


class Any1(nn.Module):
    """Takes whatever comes by position."""

    def forward(self, *args: Tensor) -> Tensor:
        """Return the sum."""
        return torch.stack(args).sum()


X, Y = torch.zeros(3, 4), torch.zeros(3, dtype=torch.int64)
IDS = torch.ones(3, 5, dtype=torch.int64)


@pytest.mark.parametrize(
    ("model", "batch", "inputs"),
    [
        pytest.param(One(), (X, Y), ["x"], id="(x, y) for forward(x, mask=None)"),
        pytest.param(One(), [X, Y], ["x"], id="[x, y], as collated"),
        pytest.param(One(), X, ["x"], id="a tensor"),
        pytest.param(One(), (X,), ["x"], id="(x,)"),
        pytest.param(One(), {"x": X, "mask": X, "label": Y}, ["x", "mask"], id="a dict with a label"),
        pytest.param(One(), ({"x": X}, Y), ["x"], id="({x}, y)"),
        pytest.param(Two(), (X, X), ["left", "right"], id="(x, y) for forward(x, y)"),
        pytest.param(Two(), (X, X, Y), ["left", "right"], id="(x, y, label)"),
        pytest.param(Two(), ((X, X), Y), ["left", "right"], id="((x, y), label) with as many items as inputs"),
        pytest.param(Two(), ((X, X),), ["left", "right"], id="((x, y),)"),
        pytest.param(Named(), {"ids": IDS, "labels": IDS}, ["ids"], id="a dict by name"),
        pytest.param(OfDict(), {"x": X, "y": Y}, ["batch.x", "batch.y"], id="a dict as one argument"),
        pytest.param(Any1(), (X, Y), ["args.0"], id="(x, y) for forward(*args)"),
        pytest.param(nn.Sequential(nn.Linear(4, 2)), (X, Y), ["input"], id="a container"),
    ],
)
def test_signature_tells_inputs_from_labels(model: nn.Module, batch: object, inputs: list[str], tmp_path: Path) -> None:
    """As many items as forward has parameters without default; a dict goes by name."""
    with Visu(model, [batch], tmp_path) as visu:
        assert [slot.path for slot in visu.topology.captured.inputs] == inputs


def test_log_is_the_capture(tmp_path: Path) -> None:
    """What is read from it is what ``trace`` returns of model and batch, on the rung ``file``."""
    model = One()
    with Visu(model, [(X, Y)], tmp_path, "trials/first") as visu:
        written = visu.topology
    assert visu.file.parent == tmp_path / "trials" / "first"
    assert visu.file.name.startswith("events.out.tfevents.")
    assert topology_of([visu.file]) == replace(written, captured=replace(written.captured, rung="file"))
    direct = trace(model, (X,))
    assert (written.nodes, written.captured) == (direct.nodes, direct.captured)


def test_mode_is_eval_unless_said(tmp_path: Path) -> None:
    """The model keeps the mode that it is in."""
    model = One()
    modes = [
        Visu(model, [X], tmp_path).topology.captured.mode,
        Visu(model, [X], tmp_path, mode="train").topology.captured.mode,
    ]
    assert (modes, model.training) == (["eval", "train"], True)


class Noisy(Dataset[tuple[Tensor, int]]):
    """Draws from every generator that there is, one of its own among them."""

    def __init__(self) -> None:
        self.own = np.random.default_rng(0)
        self.python = random.Random(0)  # noqa: S311 -- as a data set would

    def __len__(self) -> int:
        """Return how many samples there are."""
        return 8

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        """Return a sample with noise."""
        noise = random.random() + np.random.rand() + self.own.random() + self.python.random()  # noqa: NPY002, S311 -- the global one is meant
        return torch.randn(4) + noise, index


def _seen(loader: DataLoader[Any]) -> list[Tensor]:
    """Return all that a run would train on, and a number from each global generator after it."""
    tensors = [batch[0] for batch in loader]
    return [*tensors, torch.tensor([random.random(), np.random.rand()]), torch.rand(1)]  # noqa: NPY002, S311 -- as above


def _shuffled() -> DataLoader[Any]:
    return DataLoader(Noisy(), batch_size=2, shuffle=True)


def _with_generator() -> DataLoader[Any]:
    return DataLoader(Noisy(), batch_size=2, shuffle=True, generator=torch.Generator().manual_seed(7))


def _with_sampler() -> DataLoader[Any]:
    data = Noisy()
    return DataLoader(data, batch_size=2, sampler=RandomSampler(data, generator=torch.Generator().manual_seed(7)))


@pytest.mark.parametrize("make", [_shuffled, _with_generator, _with_sampler])
def test_training_sees_what_it_would_have_seen(make: Callable[[], DataLoader[Any]], tmp_path: Path) -> None:
    """The loader's generators and the global ones are put back: same batches, same numbers after them."""
    model, seen = One(), []
    for has_visu in (False, True):
        torch.manual_seed(1)
        np.random.seed(1)  # noqa: NPY002 -- the global one is meant
        random.seed(1)
        loader = make()
        if has_visu:
            Visu(model, loader, tmp_path).close()
        seen.append(_seen(loader))
    assert all(torch.equal(left, right) for left, right in zip(*seen, strict=True))


def test_loader_with_workers_starts_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its first batch is loaded in this process, and its own persistent workers are still to come."""
    loader = DataLoader(TensorDataset(X, Y), num_workers=2, persistent_workers=True, timeout=5, prefetch_factor=3)
    monkeypatch.setattr("multiprocessing.process.BaseProcess.start", lambda _: pytest.fail("a process was started"))
    Visu(One(), loader, tmp_path).close()
    assert (loader.num_workers, loader.persistent_workers, loader._iterator) == (2, True, None)  # noqa: SLF001 -- where workers are kept


def test_model_is_left_as_it_was(tmp_path: Path) -> None:
    """Weights, buffers, modes and hooks."""
    model = nn.Sequential(nn.BatchNorm1d(4), nn.Linear(4, 2))
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    pointers = [tensor.data_ptr() for tensor in model.state_dict().values()]
    Visu(model, [X], tmp_path, mode="train").close()
    assert all(torch.equal(before[name], tensor) for name, tensor in model.state_dict().items())
    assert [tensor.data_ptr() for tensor in model.state_dict().values()] == pointers
    assert model.training


def _refused(model: nn.Module, loader: Any, logdir: Path, name: str = "model") -> VisunnError:  # noqa: ANN401 -- what is no loader, too
    with pytest.raises(VisunnError) as caught:
        Visu(model, loader, logdir, name)
    assert not list(logdir.rglob("*tfevents*"))
    return caught.value


def test_iterator_is_refused(tmp_path: Path) -> None:
    """Its first batch would be missing in the training."""
    error = _refused(One(), iter([X]), tmp_path)
    assert isinstance(error, InputError)
    assert error.message.startswith("the data loader is a list_iterator, and its first batch would be lost")


def test_loader_without_batches_is_refused(tmp_path: Path) -> None:
    """There is nothing to run."""
    assert _refused(One(), [], tmp_path).message == "the data loader has no batch"


def test_batch_that_is_too_small_is_refused(tmp_path: Path) -> None:
    """The signature is named."""
    error = _refused(Two(), [(X,)], tmp_path)
    assert error.message == "Two.forward(left, right) needs 2 inputs, and a batch has 1"


def test_forward_that_raises_is_told(tmp_path: Path) -> None:
    """As ``trace`` tells it, and nothing is written."""
    error = _refused(One(), [torch.zeros(3, 5)], tmp_path)
    assert isinstance(error, CaptureError)
    assert error.module == "fc"


@pytest.mark.parametrize("name", ["../elsewhere", "/tmp/elsewhere", "", "a/../../b", "a\\b", "a\0b"])  # noqa: S108 -- not written to
def test_name_that_leads_out_of_the_logdir_is_refused(name: str, tmp_path: Path) -> None:
    """By dots, as an absolute path, or as no name at all."""
    error = _refused(One(), [X], tmp_path / "logs", name)
    assert isinstance(error, TargetError)
    assert error.message == f"{name!r} is no name of a log in {tmp_path / 'logs'}"


def test_link_that_leads_out_of_the_logdir_is_refused(tmp_path: Path) -> None:
    """Whoever may write in the logdir does not decide where else is written."""
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "mlp").symlink_to(tmp_path, target_is_directory=True)
    assert isinstance(_refused(One(), [X], tmp_path / "logs", "mlp"), TargetError)


def _scalars(folder: Path) -> dict[str, list[tuple[int, float]]]:
    """Return what TensorBoard reads of a log."""
    log = EventAccumulator(str(folder))
    log.Reload()
    return {tag: [(each.step, each.value) for each in log.Scalars(tag)] for tag in log.Tags()["scalars"]}


def test_update_logs_loss_and_learning_rate(tmp_path: Path) -> None:
    """A number, or a tensor of one, at each step; the optimizer's rate as it is then."""
    model = One()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    with Visu(model, [X], tmp_path, "mlp") as visu:
        visu.update(0, optimizer, model(X).sum() * 0 + 2)
        optimizer.param_groups[0]["lr"] = 0.25
        visu.update(10, optimizer, 1.5)
    assert _scalars(tmp_path / "mlp") == {"loss": [(0, 2.0), (10, 1.5)], "learning_rate": [(0, 0.5), (10, 0.25)]}


def test_each_group_of_parameters_has_its_rate(tmp_path: Path) -> None:
    """By its name where it has one, else by its number."""
    model = One()
    groups: list[dict[str, Any]] = [
        {"params": model.fc.weight, "lr": 0.5, "name": "weights"},
        {"params": model.fc.bias, "lr": torch.tensor(0.25)},
    ]
    visu = Visu(model, [X], tmp_path, "mlp")
    visu.update(3, torch.optim.AdamW(groups), 1)
    assert _scalars(tmp_path / "mlp") == {  # before it is closed
        "loss": [(3, 1.0)], "learning_rate/weights": [(3, 0.5)], "learning_rate/1": [(3, 0.25)],
    }  # fmt: skip


def test_loss_of_many_elements_is_refused(tmp_path: Path) -> None:
    """It is to be reduced first."""
    with Visu(One(), [X], tmp_path) as visu, pytest.raises(InputError, match="a tensor of 12 elements"):
        visu.update(0, torch.optim.SGD(One().parameters(), lr=1.0), X)


def test_closed_log_takes_no_more(tmp_path: Path) -> None:
    """Closing it twice does no harm."""
    visu = Visu(One(), [X], tmp_path)
    visu.close()
    visu.close()
    with pytest.raises(VisunnError, match="is closed"):
        visu.update(0, torch.optim.SGD(One().parameters(), lr=1.0), 1.0)


def test_example_trains_and_logs(tmp_path: Path) -> None:
    """The script of the README ends in seconds, and its loss falls."""
    command = [sys.executable, str(ROOT / "examples" / "train.py"), "-l", str(tmp_path), "-n", "mlp", "-e", "1"]
    subprocess.run(command, check=True, cwd=ROOT, env={**os.environ, "OMP_NUM_THREADS": "1"}, capture_output=True)  # noqa: S603 -- our own script
    loss = [value for _, value in _scalars(tmp_path / "mlp")["loss"]]
    assert len(loss) == 8
    assert loss[-1] < loss[0]
    assert topology_of(sorted((tmp_path / "mlp").iterdir())).name == "ThreeLayerMLP"
