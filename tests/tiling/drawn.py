"""Which networks can be tiled? Random ones that move with their input, with room for tiles."""

from collections.abc import Sequence
from typing import Any

import msgspec
from hypothesis import assume
from hypothesis import strategies as st

from rfcalc.errors import RfcalcError
from rfcalc.layers import LAYERS
from rfcalc.layers.base import Layer
from rfcalc.network import Draft, Input, Network, build
from rfcalc.tiling import halo
from rfcalc.tiling.grids import grids
from tests.layers import layers
from tests.networks import networks

OPS = (
    *("conv", "conv_transpose", "maxpool", "avgpool", "upsample"),
    *("pixel_shuffle", "pixel_unshuffle", "pad", "crop", "slice", "roll", "window_attention"),
    *("relu", "batchnorm", "tanh"),
)
FREE = ("conv", "conv_transpose", "maxpool", "avgpool", "upsample", "pad", "crop", "slice")
MODES = ("zeros", "reflect", "replicate", "circular")
LARGEST = {1: 600, 2: 60}
"""Most cells per axis, by number of axes."""


def at_size(network: Network, size: Sequence[int]) -> Network:
    """Return the network on an input of another size."""
    drafts = [Draft(node.name, node.layer, node.inputs) for node in network.nodes]
    inputs = sum(isinstance(node.layer, Input) for node in network.nodes)
    return build(network.name, network.dims, drafts, [tuple(size)] * inputs)


class Drawing:
    """A network in the making: the drafts so far, and how to draw more."""

    def __init__(self, draw: Any, dims: int) -> None:
        self.draw, self.dims = draw, dims
        self.drafts = [Draft("input", Input())]

    def put(self, layer: Layer, *inputs: int) -> int:
        number = len(self.drafts)
        self.drafts.append(Draft(f"{layer.op}{number}", layer, inputs or (number - 1,)))
        return number

    def pads(self, totals: Sequence[int]) -> tuple[tuple[int, int], ...]:
        cuts = [self.draw(st.integers(0, total)) for total in totals]
        return tuple((cut, total - cut) for cut, total in zip(cuts, totals, strict=True))

    def each(self, low: int, high: int) -> tuple[int, ...]:
        return tuple(self.draw(st.integers(low, high)) for _ in range(self.dims))

    def preserving(self) -> None:
        """Add a layer that keeps the size."""
        op = self.draw(st.sampled_from(("conv",) * 4 + ("maxpool", "avgpool", "relu", "roll")))
        if op == "relu":
            self.put(LAYERS[op]())
        elif op == "roll":
            shift = self.each(-3, 3)
            self.put(LAYERS[op](shift=shift))
            self.put(LAYERS["window_attention"](window=self.each(1, 3)))
            self.put(LAYERS[op](shift=tuple(-s for s in shift)))
        else:
            kernel, dilation = self.each(1, 4), self.each(1, 3)
            padding = self.pads([d * (k - 1) for k, d in zip(kernel, dilation, strict=True)])
            given: dict[str, Any] = {"kernel": kernel, "dilation": dilation, "padding": padding}
            if op == "conv":
                given["padding_mode"] = self.draw(st.sampled_from(("zeros",) * 4 + MODES))
            else:
                given["stride"] = (1,) * self.dims
            self.put(LAYERS[op](**given))

    def down(self, step: tuple[int, ...]) -> None:
        """Add a layer that divides the size."""
        op = self.draw(st.sampled_from(["conv", "maxpool", "avgpool", "pixel_unshuffle"]))
        if op == "pixel_unshuffle":
            self.put(LAYERS[op](factor=step))
            return
        kernel = tuple(s + self.draw(st.integers(0, 2)) for s in step)
        padding = self.pads([k - s for k, s in zip(kernel, step, strict=True)])
        self.put(LAYERS[op](kernel=kernel, stride=step, padding=padding))

    def up(self, step: tuple[int, ...]) -> None:
        """Add a layer that multiplies the size."""
        ops = ["conv_transpose", "pixel_shuffle", "nearest", "linear", "bicubic"]
        op = self.draw(st.sampled_from(ops))
        if op == "pixel_shuffle":
            self.put(LAYERS[op](factor=step))
        elif op == "conv_transpose":
            kernel = tuple(s + self.draw(st.integers(0, 2)) for s in step)
            padding = self.pads([k - s for k, s in zip(kernel, step, strict=True)])
            self.put(LAYERS[op](kernel=kernel, stride=step, padding=padding))
        else:
            self.put(LAYERS["upsample"](scale=tuple(map(float, step)), mode=op))

    def body(self, depth: int) -> None:
        """Add a few layers, levels and residuals that together keep the size."""
        for _ in range(self.draw(st.integers(1, 3))):
            kind = self.draw(st.integers(0, 3))
            start = len(self.drafts) - 1
            if depth and kind:
                step = self.each(2, 3) if self.draw(st.booleans()) else (2,) * self.dims
                self.down(step)
                self.body(depth - 1)
                self.up(step)
                if kind > 1:
                    merge = LAYERS[self.draw(st.sampled_from(["add", "concat"]))]()
                    self.put(merge, start, len(self.drafts) - 1)
            else:
                self.preserving()
                if kind == 3:
                    self.put(LAYERS["add"](), start, len(self.drafts) - 1)

    def free(self) -> None:
        """Add any layer, whatever it does to the size."""
        op = self.draw(st.sampled_from(FREE))
        self.put(self.draw(layers(op, (24,) * self.dims)))


@st.composite
def tileable(draw: Any, dims: int = 1, depth: int = 3) -> Network:
    """Draw a network that can be tiled, with room for a tile and its halos on each axis."""
    if not draw(st.integers(0, 3)):
        network = draw(networks(dims, most=6, ops=OPS, cells=600, inputs=draw(st.integers(1, 2))))
    else:
        drawing = Drawing(draw, dims)
        for _ in range(draw(st.integers(0, 1))):
            drawing.free()
        drawing.body(draw(st.integers(0, depth)))
        for _ in range(draw(st.integers(0, 1))):
            drawing.free()
        network = None
        for n in (36, 72, 144, 216):
            try:
                network = build("drawn", dims, drawing.drafts, [(n,) * dims])
                break
            except RfcalcError:
                continue
        assume(network is not None)
    # What several outputs need is held in test_outputs.
    network = msgspec.structs.replace(network, outputs=(network.output,))
    try:
        moving = grids(network)
    except RfcalcError:
        assume(False)
        raise
    sides, size = halo(moving), []
    for axis, n in enumerate(network.input or ()):
        step = moving.alignment[axis]
        wanted = 3 * (sum(sides.any[axis]) + 2 * step) + draw(st.integers(0, 2 * step))
        size.append(n + max(0, -(-(wanted - n) // step)) * step)
    assume(max(size) <= LARGEST[dims])
    try:
        network = at_size(network, size)
        network = msgspec.structs.replace(network, outputs=(network.output,))
        grids(network)  # a slice to a fixed index moves with small inputs only
    except RfcalcError:
        assume(False)
        raise
    return network
