"""Trains a perceptron on made-up images of the shape of CIFAR-10, and logs its graph, its loss and its learning rate.

python examples/train.py -l logs -n ThreeLayerMLP, then tensorboard --logdir logs shows all of it.
"""

import argparse

import torch
from three_layer_mlp import ThreeLayerMLP  # type: ignore[import-not-found]  # a script finds what lies beside it
from torch import Tensor, nn
from torch.optim import SGD
from torch.optim.lr_scheduler import StepLR
from torch.utils.data import DataLoader, TensorDataset

from visunn_lint import Visu

CLASSES = 10


def main() -> None:
    """Train as the command line says."""
    options = parse()
    torch.manual_seed(0)
    model = ThreeLayerMLP(CLASSES)
    loader = DataLoader(made_up_images(256), batch_size=32, shuffle=True)
    with Visu(model, loader, logdir=options.logdir, name=options.name) as visu:
        print(f"logging to {visu.file}")  # noqa: T201 -- what a script says
        train(model, loader, visu, options.epochs)


def parse() -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(description="Train a perceptron on made-up images, and log how that goes.")
    parser.add_argument("-l", "--logdir", default="logs", help="where logs are written (logs)")
    parser.add_argument("-n", "--name", default="ThreeLayerMLP", help="the name of this log (ThreeLayerMLP)")
    parser.add_argument("-e", "--epochs", type=int, default=2, help="how often each image is seen (2)")
    return parser.parse_args()


def made_up_images(count: int) -> TensorDataset:
    """Return images N×3×32×32 of noise, each class around a mean of its own, with their labels."""
    labels = torch.arange(count) % CLASSES
    means = torch.randn(CLASSES, 3, 32, 32)
    return TensorDataset(means[labels] + torch.randn(count, 3, 32, 32), labels)


def train(model: nn.Module, loader: DataLoader[tuple[Tensor, ...]], visu: Visu, epochs: int) -> None:
    """Train with plain gradient descent; the learning rate falls with each epoch."""
    optimizer = SGD(model.parameters(), lr=0.02)
    schedule = StepLR(optimizer, step_size=1, gamma=0.5)
    step = 0
    for _ in range(epochs):
        for images, labels in loader:
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(images), labels)
            loss.backward()  # type: ignore[no-untyped-call]  # torch's
            optimizer.step()
            visu.update(step, optimizer, loss)
            step += 1
        schedule.step()


if __name__ == "__main__":
    main()
