"""Ways in which a gradient goes on or ends: each function is the forward of ``Parts``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn.functional import gumbel_softmax, one_hot, relu
from torch.utils.checkpoint import checkpoint

if TYPE_CHECKING:
    from collections.abc import Callable


class Parts(nn.Module):
    """Layers for a forward to use; which one it is, is told when it is built."""

    def __init__(self, forward: Callable[[Parts, Tensor], object]) -> None:
        super().__init__()
        self.a, self.b, self.c = nn.Linear(4, 4), nn.Linear(4, 4), nn.Linear(4, 4)
        self.codes, self.scale = nn.Embedding(5, 4), nn.Parameter(torch.ones(4))
        self.run = forward

    def forward(self, x: Tensor) -> object:
        return self.run(self, x)


class StraightThrough(torch.autograd.Function):
    """Rounds, and hands the gradient on as it is."""

    @staticmethod
    def forward(_ctx: object, x: Tensor) -> Tensor:
        return x.round()

    @staticmethod
    def backward(_ctx: object, *grads: object) -> object:
        return grads[0]


def detached(net: Parts, x: Tensor) -> Tensor:
    return net.b(net.a(x).detach())


def detached_in_place(net: Parts, x: Tensor) -> Tensor:
    hidden = net.a(x).clone()
    hidden.detach_()
    return net.b(hidden)


def data_of(net: Parts, x: Tensor) -> Tensor:
    return net.b(net.a(x).data)


def copied_by_value(net: Parts, x: Tensor) -> Tensor:
    return net.b(torch.tensor(net.a(x)))


def through_numpy(net: Parts, x: Tensor) -> Tensor:
    return net.b(torch.from_numpy(net.a(x).detach().numpy()))


def no_grad(net: Parts, x: Tensor) -> Tensor:
    with torch.no_grad():
        x = net.a(x)
    return net.b(x)


def enabled_within_no_grad(net: Parts, x: Tensor) -> Tensor:
    with torch.no_grad():
        x = net.a(x)
        with torch.enable_grad():
            y = net.c(x)
        net.codes.weight.sum()
    return net.b(y)


def switched_off_and_on(net: Parts, x: Tensor) -> Tensor:
    torch.set_grad_enabled(False)
    x = net.a(x)
    torch.set_grad_enabled(True)
    return net.b(x)


def off_while_training(net: Parts, x: Tensor) -> Tensor:
    with torch.set_grad_enabled(not net.training):
        x = net.a(x)
    return net.b(x)


def decorated(net: Parts, x: Tensor) -> Tensor:
    @torch.no_grad()
    def encode(x: Tensor) -> Tensor:
        return net.a(x)

    return net.b(encode(x))


def inference_mode(net: Parts, x: Tensor) -> Tensor:
    with torch.inference_mode():
        target = net.a(x)
    return net.b(x) + target.clone()


def argmax(net: Parts, x: Tensor) -> Tensor:
    return net.codes(net.a(x).argmax(-1)) * net.b(x)


def indices_of_topk(net: Parts, x: Tensor) -> Tensor:
    return net.b(x)[:, :2] * torch.topk(net.a(x), 2)[1]


def values_of_topk(net: Parts, x: Tensor) -> Tensor:
    return torch.topk(net.a(x), 2)[0]


def sampled_indices(net: Parts, x: Tensor) -> Tensor:
    return net.codes(torch.multinomial(net.a(x).softmax(-1), 1))


def through_integers(net: Parts, x: Tensor) -> Tensor:
    return net.b(net.a(x).long().float())


def compared(net: Parts, x: Tensor) -> Tensor:
    return net.b((net.a(x) > 0).float())


def chosen_by_comparison(net: Parts, x: Tensor) -> Tensor:
    return torch.where(net.a(x) > 0, net.b(x), net.c(x))


def rounded(net: Parts, x: Tensor) -> Tensor:
    return net.b(net.a(x).round())


def straight_through(net: Parts, x: Tensor) -> Tensor:
    hidden = net.a(x)
    return net.b(hidden + (hidden.round() - hidden).detach())


def straight_through_function(net: Parts, x: Tensor) -> Tensor:
    return net.b(StraightThrough.apply(net.a(x)))


def hard_one_hot(net: Parts, x: Tensor) -> Tensor:
    soft = net.a(x).softmax(-1)
    hard = one_hot(soft.argmax(-1), 4).float()
    return net.b(hard - soft.detach() + soft)


def hard_gumbel(net: Parts, x: Tensor) -> Tensor:
    return gumbel_softmax(net.a(x), hard=True) @ net.b.weight


def drawn_with_gradient(net: Parts, x: Tensor) -> Tensor:
    return torch.distributions.Normal(net.a(x), net.b(x).exp()).rsample()


def drawn_without_gradient(net: Parts, x: Tensor) -> Tensor:
    return net.c(torch.normal(net.a(x), net.b(x).exp()))


def clamped_data(net: Parts, x: Tensor) -> Tensor:
    net.scale.data.clamp_(0, 1)
    return net.a(x) * net.scale


def clamped_unwatched(net: Parts, x: Tensor) -> Tensor:
    with torch.no_grad():
        net.scale.clamp_(0, 1)
        net.a.weight[0].zero_()
        net.a.weight.data[1].view(-1).mul_(2)
    return net.a(x) * net.scale


def written_unwatched(net: Parts, x: Tensor) -> Tensor:
    hidden = net.a(x)
    with torch.no_grad():
        hidden.clamp_(0, 1)
    return net.b(hidden)


def written_within_no_grad(net: Parts, x: Tensor) -> Tensor:
    with torch.no_grad():
        x = relu(net.a(x), inplace=True)
    return net.b(x)


def written_into(net: Parts, x: Tensor) -> Tensor:
    canvas = torch.zeros(2, 4)
    canvas[:, 0] = net.a(x)[:, 0]
    return canvas


def only_the_shape(net: Parts, x: Tensor) -> Tensor:
    return net.b(x) + torch.zeros_like(net.a(x))


def a_number(net: Parts, x: Tensor) -> Tensor:
    return net.b(x) * float(net.a(x).sum())


def moving_average(net: Parts, x: Tensor) -> Tensor:
    with torch.no_grad():
        for source, target in zip(net.a.parameters(), net.b.parameters(), strict=True):
            target.data = target.data * 0.9 + source.data * 0.1
        target = net.b(x)
    return net.a(x) * target


def one_output_of_two(net: Parts, x: Tensor) -> dict[str, Tensor]:
    return {"labels": net.a(x).argmax(-1), "logits": net.b(x)}


def recomputed(net: Parts, x: Tensor) -> object:
    return checkpoint(net.a, x, use_reentrant=False)


FORWARDS: tuple[Callable[[Parts, Tensor], object], ...] = (
    detached, detached_in_place, data_of, copied_by_value, through_numpy, no_grad, enabled_within_no_grad,
    switched_off_and_on, off_while_training, decorated, inference_mode, argmax, indices_of_topk, values_of_topk,
    sampled_indices, through_integers, compared, chosen_by_comparison, rounded, straight_through,
    straight_through_function, hard_one_hot, hard_gumbel, drawn_with_gradient, drawn_without_gradient, clamped_data,
    clamped_unwatched, written_unwatched, written_within_no_grad, written_into, only_the_shape, a_number,
    moving_average, one_output_of_two, recomputed,
)  # fmt: skip
