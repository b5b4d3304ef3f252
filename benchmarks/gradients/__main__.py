"""The command: ``python -m benchmarks.gradients [MODEL...]``."""

from __future__ import annotations

import sys

import click
import torch
import torchvision
from torch import nn

from benchmarks.gradients.agreement import by_autograd, by_graph

_LARGER = {"inception_v3": 299}


@click.command()
@click.argument("names", metavar="MODEL...", nargs=-1)
def main(names: tuple[str, ...]) -> None:
    """Compare which parameters the gradient reaches in torchvision's classifiers, by the graph and by autograd.

    On meta tensors, where autograd works as elsewhere, and on real ones for those that do not build there. Exits 1 if
    the two differ.
    """
    models = names or tuple(torchvision.models.list_models(torchvision.models))
    differing = [name for name in models if not _agree(name)]
    click.echo(f"{len(models) - len(differing)} of {len(models)} agree")
    sys.exit(1 if differing else 0)


def _agree(name: str) -> bool:
    model, device = _build(name)
    size = _LARGER.get(name, 224)
    x = torch.zeros(2, 3, size, size, device=device)
    expected, found = by_autograd(model, x), by_graph(model, x)
    different = sorted(expected ^ found)
    click.echo(f"{name}: {len(expected)} parameters, {'differs: ' + ', '.join(different) if different else 'agrees'}")
    return not different


def _build(name: str) -> tuple[nn.Module, str]:
    try:
        with torch.device("meta"):
            return torchvision.models.get_model(name, weights=None), "meta"
    except NotImplementedError:
        return torchvision.models.get_model(name, weights=None), "cpu"


if __name__ == "__main__":
    main()
