"""The loss that a model is trained with: what it is called, and how that is known."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from visunn_lint.location import Location  # noqa: TC001 -- read at run time where facts are decoded

CROSS_ENTROPY: Final = "cross_entropy"
NLL: Final = "nll_loss"
LOGITS_LOSSES: Final = frozenset({"binary_cross_entropy_with_logits", "multilabel_soft_margin_loss"})
"""Losses that apply the sigmoid themselves."""

_FUNCTIONS: Final = {
    "BCELoss": "binary_cross_entropy",
    "BCEWithLogitsLoss": "binary_cross_entropy_with_logits",
    "CrossEntropyLoss": "cross_entropy",
    "GaussianNLLLoss": "gaussian_nll_loss",
    "KLDivLoss": "kl_div",
    "L1Loss": "l1_loss",
    "MSELoss": "mse_loss",
    "MultiLabelSoftMarginLoss": "multilabel_soft_margin_loss",
    "NLLLoss": "nll_loss",
    "PoissonNLLLoss": "poisson_nll_loss",
    "SmoothL1Loss": "smooth_l1_loss",
    "bce": "binary_cross_entropy",
    "bce_with_logits": "binary_cross_entropy_with_logits",
    "ce": "cross_entropy",
    "mse": "mse_loss",
    "nll": "nll_loss",
}


@dataclass(frozen=True, slots=True)
class Loss:
    """The loss that the outputs of a model go to.

    ``name`` is that of the function in ``torch.nn.functional``, ``source`` the line that calls it, None for a loss
    that was declared.
    """

    name: str
    source: Location | None = None


def loss_name(text: str) -> str:
    """Return the function that a loss is, by any of its names: ``nn.CrossEntropyLoss()`` is ``cross_entropy``.

    One that torch does not have keeps its name.
    """
    last = re.sub(r"\(.*\)$", "", text.strip()).rpartition(".")[2]
    return _FUNCTIONS.get(last, last)


def is_torch_loss(name: str) -> bool:
    """Return whether torch has a loss function by that name."""
    return name in _FUNCTIONS.values()


def closest_torch_loss(name: str) -> str:
    """Return the loss of torch that is meant by a name that is nearly one of its; "" for a name that is none.

    Spelling in another way counts (``crossentropy``); ``smooth_l2_loss`` and ``soft_cross_entropy`` are somebody's own.
    """
    names = {**_FUNCTIONS, **{function: function for function in _FUNCTIONS.values()}}
    known = {_bare(each): function for each, function in names.items()}
    bare = _bare(name)
    close = next(iter(get_close_matches(bare, known, n=1, cutoff=_NEARLY)), "")
    is_own = _digits(close) != _digits(bare) or (bare != close and bare.endswith(close))
    return "" if is_own else known.get(close, "")


_NEARLY: Final = 0.9


def _bare(name: str) -> str:
    """Return a name without what people write in different ways."""
    return re.sub(r"[\W_]+", "", name).lower().removesuffix("loss")


def _digits(name: str) -> list[str]:
    return re.findall(r"\d", name)
