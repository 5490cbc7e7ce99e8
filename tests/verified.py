"""Small PyTorch modules, and what ``verify`` finds when it runs them."""

import pytest

from rfcalc.errors import RfcalcError
from rfcalc.verification.torch_backend import verify_module

torch = pytest.importorskip("torch")
nn = torch.nn

IMAGE = (1, 3, 16, 16)


def conv(i, o, k=3, d=1, s=1):
    return nn.Conv2d(i, o, k, s, d * (k - 1) // 2, d)


class Fn(nn.Module):
    """A function of itself, with a near and a far convolution, and of the input."""

    def __init__(self, function):
        super().__init__()
        self.conv, self.other, self.function = conv(3, 4), conv(3, 4, 5), function

    def forward(self, x):
        return self.function(self, x)


def verified(module, *shapes, **options):
    """Return what is found at inputs of zeros, by default an image."""
    return verify_module(module, [torch.zeros(shape) for shape in shapes or (IMAGE,)], **options)


def told(call):
    """Return the one diagnostic of what a call raises."""
    with pytest.raises(RfcalcError) as caught:
        call()
    return caught.value.diagnostics[0]


def code(call):
    return told(call).code
