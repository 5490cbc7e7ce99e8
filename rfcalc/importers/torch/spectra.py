"""What do PyTorch's Fourier transforms read, of a whole dimension or frame by frame?"""

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING

from rfcalc.importers import layout, windows
from rfcalc.importers.axes import Value, spatial
from rfcalc.importers.channels import channels
from rfcalc.importers.cutting import narrow
from rfcalc.importers.graph import plain
from rfcalc.importers.kernels import convolved
from rfcalc.importers.mixing import mix, reduce
from rfcalc.importers.padding import padded
from rfcalc.importers.pieces import merged
from rfcalc.importers.torch.frames import MODES
from rfcalc.importers.torch.operators import Op, Result, operator
from rfcalc.layers.whole import Sequence as Whole

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Seen = NDArray[np.bool_]


@operator("stft", kind="window", center=True, pad_mode="reflect")
def _frames(op: Op) -> Result:
    """The spectrum of each frame of a signal: cells that its window has as zero are not read."""
    size, step = op.number("n_fft"), _step(op)
    x = op.value("self")
    # The other overload has no such argument: the signal was padded before.
    if op.call.overload == "center" and op["center"]:
        mode = MODES[str(op["pad_mode"])]
        x = padded(op.graph, x, [len(x.shape) - 1], [size // 2], [size // 2], mode)
    x = layout.unsqueeze(op.graph, x, len(x.shape) - 1)
    pair = not op["return_complex"]
    bins = op.shape[-3 if pair else -2]
    done = convolved(op.graph, x, (bins, 1, size), _window(op, size), [step], [(0, 0)], [1], 1)
    if len(op.shape) - pair < len(done.shape):
        done = layout.reshape(op.graph, done, done.shape[1:])
    return _real_and_imaginary(op, done) if pair else done


@operator("istft", kind="window", center=True)
def _overlap_add(op: Op) -> Result:
    """Frames added up in their places: cells that the window has as zero are not written."""
    size, step = op.number("n_fft"), _step(op)
    x = op.value("self")
    single = len(x.shape) == 2
    x = layout.unsqueeze(op.graph, x, 0) if single else x
    seen = _window(op, size)
    inside = [i for i in range(size) if seen is None or not seen.any() or seen[i]]
    low, high = inside[0], inside[-1] + 1
    whole = (x.shape[-1] - 1) * step + size
    start = size // 2 if op["center"] else 0
    length = whole - 2 * start if op["length"] is None else op.number("length")
    cut = [start - low, whole - start - length - (size - high)]
    weight = (x.shape[-2], 1, high - low)
    pads = [(max(0, cut[0]), max(0, cut[1]))]
    done = windows.conv_transpose(op.graph, x, weight, [step], pads, [1], [0])
    more = [max(0, -one) for one in cut]
    if any(more):
        done = padded(op.graph, done, [len(done.shape) - 1], more[:1], more[1:], "zeros")
    if inside != list(range(low, high)):
        op.graph.assume(f"{op.graph.here}: the zeros inside its window are taken to be written")
    done = layout.squeeze(op.graph, done, [len(done.shape) - 2])
    return layout.reshape(op.graph, done, done.shape[1:]) if single else done


@operator("view_as_real", kind="layout")
def _view_as_real(op: Op) -> Result:
    """The real and the imaginary part of each number side by side."""
    return _real_and_imaginary(op, op.value("self"))


@operator("view_as_complex", kind="layout")
def _view_as_complex(op: Op) -> Result:
    """Two numbers as the real and the imaginary part of one."""
    x = op.value("self")
    return reduce(op.graph, x, [len(x.shape) - 1], keep=False)


@operator("imag", kind="no-op")
def _imaginary(op: Op) -> Result:
    """One part of each number."""
    return op.value("self")


@operator(
    *("aten.fft_fft", "aten.fft_ifft", "aten.fft_rfft", "aten.fft_irfft", "aten.fft_hfft"),
    *("aten.fft_ihfft", "aten.fft_fft2", "aten.fft_ifft2", "aten.fft_rfft2", "aten.fft_irfft2"),
    *("aten.fft_hfft2", "aten.fft_ihfft2", "aten.fft_fftn", "aten.fft_ifftn", "aten.fft_rfftn"),
    *("aten.fft_irfftn", "aten.fft_hfftn", "aten.fft_ihfftn"),
    kind="norm",
)  # fmt: skip
def _fourier(op: Op) -> Result:
    """A Fourier transform: along space, the whole of it."""
    x = op.value("self")
    rank = len(x.shape)
    count = {"2": 2, "n": rank if op["s"] is None else len(op.numbers("s"))}.get(op.call.op[-1], 1)
    given = op["dim"]
    listed = range(rank)[-count:] if given is None else [d % rank for d in op.numbers("dim")]
    sizes = op["s"] if op["n"] is None else [op.number("n")]
    return _transform(op, x, list(listed), sizes, op.call.op.startswith(("fft_irfft", "fft_hfft")))


@operator("_fft_c2c", "_fft_r2c", "_fft_c2r", kind="norm")
def _fourier_of_parts(op: Op) -> Result:
    """A Fourier transform: along space, the whole of it."""
    x = op.value("self")
    dims = [d % len(x.shape) for d in op.numbers("dim")]
    sizes = [op.shape[d] for d in dims] if op.call.op == "_fft_c2r" else None
    return _transform(op, x, dims, sizes, op.call.op == "_fft_c2r")


def _transform(
    op: Op, x: Value, dims: Sequence[int], sizes: Sequence[int] | None, halved: bool
) -> Value:
    """Return a value transformed along dimensions.

    Parameters
    ----------
    sizes : to which the dimensions are cut or filled up with zeros before.
    halved : the last dimension holds half of a symmetric spectrum, one value more than that.
    """
    for d, n in zip(dims, sizes or (), strict=False):
        kept = n // 2 + 1 if halved and d == dims[-1] else n
        if 0 < kept < x.shape[d]:
            x = narrow(op.graph, x, d, 0, kept)
    whole = merged(op.graph, x)
    inside = [d for d in dims if spatial(whole.dims[d])]
    if not inside:
        for d in dims:
            x = channels(op.graph, x, d, op.shape[d])
        return x
    if all(op.shape[d] <= x.shape[d] for d in dims):
        x = mix(op.graph, x, dims, plain("identity"), Whole)
        for d in dims:
            x = narrow(op.graph, x, d, 0, op.shape[d])
        return x
    return layout.expand(op.graph, reduce(op.graph, x, dims, keep=True), op.shape)


def _real_and_imaginary(op: Op, x: Value) -> Value:
    """Return two values for each: what is real and what is imaginary read the same cells."""
    return layout.expand(op.graph, layout.unsqueeze(op.graph, x, len(x.shape)), [*x.shape, 2])


def _step(op: Op) -> int:
    return op.number("n_fft") // 4 if op["hop_length"] is None else op.number("hop_length")


def _window(op: Op, size: int) -> "Seen | None":
    """Return where a window is not zero, in a frame of ``size`` cells; ``None`` if not known."""
    import numpy as np

    length = size if op["win_length"] is None else op.number("win_length")
    seen = np.zeros(size, np.bool_)
    at = (size - length) // 2
    held = op.array("window")
    known = held is not None and prod(held.shape) == length
    seen[at : at + length] = held.reshape(-1) != 0 if known and held is not None else True
    return seen
