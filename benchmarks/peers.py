"""Which other tools measure a network of PyTorch, and what does each say of its last layer?

Each takes a module and its input shape without the batch, and returns the field it gives the last
layer as text. What is not installed is left out of the table.
"""

import contextlib
import io
import warnings
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any

from rfcalc.importers import from_torch
from rfcalc.report import analyze

Shape = Sequence[int]


def rfcalc(module: Any, shape: Shape) -> str:
    import torch

    field = analyze(from_torch(module, torch.zeros(1, *shape))).growth.rows[-1].rf
    return "unbounded" if field is None else "x".join(map(str, field))


def torchinfo(module: Any, shape: Shape) -> str:
    from torchinfo import summary

    summary(module, input_size=(1, *shape), verbose=0, device="cpu")
    return "none"


def torchscan(module: Any, shape: Shape) -> str:
    from torchscan import crawl_module

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return f"{crawl_module(module, tuple(shape))['layers'][-1]['rf']:g}"


def torch_receptive_field(module: Any, shape: Shape) -> str:
    """Source: github.com/Fangyh09/pytorch-receptive-field, which is not on PyPI."""
    from torch_receptive_field import receptive_field

    with contextlib.redirect_stdout(io.StringIO()):
        found = receptive_field(module, tuple(shape), device="cpu")
    # The last entry is the size of the output.
    return str([layer["r"] for layer in found.values() if isinstance(layer, dict)][-1])


PEERS: dict[str, Callable[[Any, Shape], str]] = {
    peer.__name__: peer
    for peer in (torchinfo, torchscan, torch_receptive_field)
    if find_spec(peer.__name__)
}
"""What is installed, by the name of its package."""
