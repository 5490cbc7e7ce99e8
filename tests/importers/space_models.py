"""Random models that move, cut, pad and mix dimensions before their first window."""

import random
from math import prod

import pytest

torch = pytest.importorskip("torch")
nn = torch.nn
F = nn.functional

__all__ = ["Moved"]


class Moved(nn.Module):
    """A convolution over some dimensions of its input, whichever they are by then.

    ``letters`` names the dimensions: ``T``, or ``H`` and ``W``, are space, ``C`` the channels of
    the convolution; ``N`` and ``E`` end in the batch.
    """

    def __init__(self, seed):
        super().__init__()
        self.draw = random.Random(seed)
        dims = [(letter, self.draw.choice([9, 10, 12])) for letter in self.draw.choice(["T", "HW"])]
        self.space = len(dims)
        dims.append(("C", self.draw.choice([2, 3])))
        dims += [(letter, 2) for letter in "NE" if self.draw.random() < 0.6]
        self.draw.shuffle(dims)
        self.letters = "".join(letter for letter, _ in dims)
        self.shape = tuple(size for _, size in dims)
        self.parts, self.steps = nn.ModuleList(), []
        for _ in range(self.draw.randint(1, 4)):
            step = self.draw.choice([self.permuted, self.padded, self.cut, self.beside, self.mixed])
            dims = step(dims)
        self.windows(dims)

    def forward(self, x):
        for step in self.steps:
            x = step(x)
        return x

    def permuted(self, dims):
        order = self.draw.sample(range(len(dims)), len(dims))
        self.steps.append(lambda x: x.permute(order))
        return [dims[d] for d in order]

    def padded(self, dims):
        d = self.draw.randrange(len(dims))
        sides = [0, 0] * (len(dims) - 1 - d) + [1, 2]
        self.steps.append(lambda x: F.pad(x, sides))
        return [(letter, n + 3 * (i == d)) for i, (letter, n) in enumerate(dims)]

    def cut(self, dims):
        d = self.draw.randrange(len(dims))
        if dims[d][1] < 4:
            return dims
        self.steps.append(lambda x: x.narrow(d, 1, x.shape[d] - 2))
        return [(letter, n - 2 * (i == d)) for i, (letter, n) in enumerate(dims)]

    def beside(self, dims):
        d = next(d for d, (letter, _) in enumerate(dims) if letter == "C")
        self.steps.append(lambda x: torch.cat([x, 2 * x], d))
        return [(letter, n * (1 + (i == d))) for i, (letter, n) in enumerate(dims)]

    def mixed(self, dims):
        if dims[-1][0] != "C":
            return dims
        part = nn.Linear(dims[-1][1], 4)
        self.parts.append(part)
        self.steps.append(part)
        return [*dims[:-1], ("C", 4)]

    def windows(self, dims):
        """Move batch, channels and space to where a convolution has them."""
        place = {letter: d for d, (letter, _) in enumerate(dims)}
        order = [place[letter] for letter in "NECTHW" if letter in place]
        sizes = [dims[d][1] for d in order]
        tail = sizes[-1 - self.space :]
        batch = prod(sizes[: -1 - self.space])
        conv = (nn.Conv1d if self.space == 1 else nn.Conv2d)(tail[0], 3, 3, dilation=2)
        self.parts.append(conv)
        self.steps.append(lambda x: conv(x.permute(order).reshape(batch, *tail)))
