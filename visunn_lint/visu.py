"""Visu: the graph of a model, and how its training goes, in a log that TensorBoard and this project's viewer show."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from visunn_lint.errors import InputError, VisunnError
from visunn_lint.loading.raising import raised_in
from visunn_lint.pipeline import build_topology, capture
from visunn_lint.pipeline.engines.engine import check_mode, check_model
from visunn_lint.pipeline.events import LogWriter, run_folder
from visunn_lint.pipeline.inputs.batches import arguments_of, first_batch

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator
    from types import TracebackType
    from typing import Self

    from torch import Tensor, nn
    from torch.optim import Optimizer

    from visunn_lint.records import Mode
    from visunn_lint.topology import Topology


class Visu:
    """The log of a model: ``LOGDIR/NAME/events.out.tfevents…``, begun with its graph.

    The graph is what ``forward`` does with the first batch of ``dataloader``, in eval mode unless ``mode`` says
    otherwise; as in any capture neither weights nor batch are computed with where that can be helped. A batch may
    be a tensor, a dict, or a tuple: of ``(x, y)`` as many items go to ``forward`` as it has parameters without
    default, so that a label stays behind; a dict goes by name. For anything else give ``[(x, mask)]``, a list that
    holds one batch, in place of the loader. Model, loader and random generators are left as they were; no process
    is forked, nothing is pickled.

    Raises CaptureError when forward raises, InputError for a batch that does not fit and for what is no model,
    TargetError for a name that leads out of ``logdir``, and VisunnError if the log cannot be written.
    """

    def __init__(
        self,
        model: nn.Module,
        dataloader: Iterable[object],
        logdir: str | os.PathLike[str] = "logs",
        name: str = "model",
        *,
        mode: Mode = "eval",
    ) -> None:
        check_model(model)
        check_mode(mode)
        folder = run_folder(Path(logdir), name)
        args, kwargs = arguments_of(first_batch(dataloader), model)
        self._capture = capture(model, args, kwargs, mode=mode)
        if self._capture.table.failure is not None:
            raise raised_in(self.topology) from self._capture.error
        self._capture = replace(self._capture, error=None)
        self._log = LogWriter(self._capture, folder)

    @cached_property
    def topology(self) -> Topology:
        """What was captured, as ``visunn_lint.trace`` returns it."""
        return build_topology(self._capture)

    @property
    def file(self) -> Path:
        """The log."""
        return self._log.file

    def update(self, iter: int, optim: Optimizer, loss: Tensor | float) -> None:  # noqa: A002 -- the name that it has had in visunn from the start
        """Log, at a step, the loss and the learning rate of each group of parameters.

        ``loss`` is a number, or a tensor of one. Raises InputError for more of them, VisunnError once it is closed.
        """
        if self._log.is_closed:
            message = f"the log {self.file} is closed"
            raise VisunnError(message, hint="call update before close, or within the `with` block")
        self._log.add_scalars({"loss": _number(loss), **dict(_learning_rates(optim))}, iter)

    def close(self) -> None:
        """End the log; a second time does nothing. It is whole without that, too."""
        self._log.close()

    def __enter__(self) -> Self:
        """Return this; the log is closed at the end of the block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the log."""
        self.close()


def _number(loss: Tensor | float) -> float:
    if isinstance(loss, int | float):
        return float(loss)
    if loss.numel() != 1:
        message = f"the loss is a tensor of {loss.numel():,} elements"
        raise InputError(message, hint="give one number, such as loss.mean()")
    return float(loss.detach())


def _learning_rates(optim: Optimizer) -> Iterator[tuple[str, float]]:
    """Yield the learning rates by tag: ``learning_rate``, and one a group where there are several."""
    groups = optim.param_groups
    for index, group in enumerate(groups):
        own = f"/{group.get('name', index)}" if len(groups) > 1 else ""
        yield f"learning_rate{own}", float(group["lr"])
