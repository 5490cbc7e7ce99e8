"""What does a network on a stream look at and keep? What ``rfcalc stream`` answers, in Python."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from operator import index
from typing import Any

import msgspec

from rfcalc.durations import frame_of, rate_of
from rfcalc.errors import fail
from rfcalc.importers.deforming import bounded_offsets
from rfcalc.library.backends import Backend, check_backend
from rfcalc.library.chunked import Asked, prove_on_model
from rfcalc.library.reading import read_at_size
from rfcalc.loading.networks import NetworkLike, Sizes
from rfcalc.loading.options import load_options
from rfcalc.network import Network
from rfcalc.parameters import expect
from rfcalc.shown import AsPage, AsTable, brief
from rfcalc.tiling.chunks import Chunked
from rfcalc.tiling.chunks import verify as prove
from rfcalc.tiling.streams import Stage, Stream
from rfcalc.tiling.streams import stream as need

__all__ = ["Streaming", "check_source", "stream"]


class Streaming(msgspec.Struct, AsPage, AsTable, frozen=True, kw_only=True):
    """The answer of ``rfcalc stream``: numbers of every layer, and the worst of the outputs.

    Attributes
    ----------
    needs : what each layer looks at, keeps and computes, in samples and cells.
    rate : samples per second, ``None`` where they are not known.
    proof : what running chunk by chunk gave, ``None`` where it was not asked for.
    """

    network: Network
    needs: Stream
    rate: Fraction | None = None
    proof: Chunked | None = None

    @property
    def look_back(self) -> int | None:
        """Samples read before an output's own, the most of all outputs; ``None`` without end."""
        return self.needs.worst("look_back").look_back

    @property
    def look_ahead(self) -> int | None:
        """Samples read after an output's own, the most of all outputs; ``None`` without end."""
        return self.needs.worst("look_ahead").look_ahead

    @property
    def latency(self) -> int | None:
        """Samples that the slowest output waits for, ``None`` for the end of the stream."""
        return self.needs.output.latency

    @property
    def causal(self) -> bool:
        """Whether no output reads a later sample than its own."""
        return self.look_ahead == 0

    @property
    def layers(self) -> tuple[Stage, ...]:
        """The numbers of each layer, in topological order."""
        return self.needs.stages

    @property
    def ok(self) -> bool:
        """Whether chunks gave what the whole gives, as far as that was tried."""
        return self.proof is None or self.proof.ok

    @property
    def exact(self) -> bool:
        """Whether nothing was taken for granted."""
        return self.needs.exact

    @property
    def assumed(self) -> tuple[str, ...]:
        """What was taken for granted of the network."""
        return self.needs.assumed

    def __getitem__(self, layer: str) -> Stage:
        """Return the numbers of a layer by its name."""
        for one in self.layers:
            if one.name == layer:
                return one
        raise KeyError(layer)

    def __repr__(self) -> str:
        sides = f"look_back={self.look_back}, look_ahead={self.look_ahead}"
        return brief(f"Streaming({self.network.name[:60]!r}, {sides}, latency={self.latency})")


def stream(
    net: "NetworkLike",
    layer: str | None = None,
    source: str | None = None,
    *,
    frame: int | str | None = None,
    rate: float | Fraction | str | None = None,
    axis: int | None = None,
    ignore_global: bool = False,
    verify: bool = False,
    backend: Backend = "numpy",
    input: "Sizes | None" = None,
    set: "Mapping[str, int] | None" = None,
    kwargs: "Mapping[str, Any] | None" = None,
    submodule: str | None = None,
    assume_pointwise: Sequence[str] = (),
    dims: int | None = None,
    take_values: bool = False,
    layout: Sequence[str] = (),
    value: "Mapping[str, float | Sequence[float]] | None" = None,
    max_offset: int | None = None,
) -> Streaming:
    """Return what a network on a stream looks at, keeps and computes per step, and its latency.

    Parameters
    ----------
    net : a network, or what stands for one: a path, a chain, ``"zoo:NAME"``, a mapping or a list
        as a network file holds it, or a ``torch.nn.Module``.
    layer : whose numbers are asked for, by default the worst of every output.
    source : the layer whose cells are the samples, by default the input.
    frame : samples per step, or with a rate a time, ``"10ms"``; by default the smallest number
        with which all steps are alike.
    rate : samples per second, as ``16000`` or ``"16k"``; the answer then has seconds, too.
    axis : the axis of time, from 0; needed when there are several.
    ignore_global : ignore layers that read the whole input.
    verify : run the whole and chunk by chunk, and compare.
    backend : with ``verify``, what is run: ``"numpy"`` the layers by their parameters, ``"torch"``
        a module, ``"package.module:factory"`` or a ``.pt2`` file, ``"onnx"`` and ``"keras"`` a
        file, with its own weights.
    input : input size, cells per axis, or the shape of a module's example input.
    set, kwargs, submodule, assume_pointwise, dims, take_values, layout, value, max_offset : as for
        ``load``; a model that is run is that part, made with these arguments.

    Raises
    ------
    RfcalcError
        RF401 an unknown layer, RF406 a frame, a rate or an axis out of range, RF463 a layer that
        goes by the size of its input, RF464 several axes; and what ``load`` raises.
    TypeError
        A parameter of a type that it does not take.

    Examples
    --------
    >>> layers = [{"kernel": 3, "padding": "causal"}, {"kernel": 3, "dilation": 2}]
    >>> found = stream({"dims": 1, "layers": layers})
    >>> found.look_back, found.look_ahead, found["conv1"].buffer
    (4, 2, (2,))
    """
    expect(layer=layer, source=source, frame=frame, rate=rate, axis=axis)
    expect(ignore_global=ignore_global, verify=verify)
    reading = load_options(
        set=set,
        kwargs=kwargs,
        submodule=submodule,
        assume_pointwise=assume_pointwise,
        dims=dims,
        take_values=take_values,
        layout=layout,
        value=value,
        max_offset=max_offset,
    )
    check_backend(backend, verify)
    if verify:
        check_source(source)
    hertz = rate_of(rate)
    samples = frame_of(frame, hertz) if isinstance(frame, str) else frame and index(frame)
    network = read_at_size(net, input, reading, layer)
    found = need(network, layer, source, frame=samples, axis=axis, ignore_global=ignore_global)
    proof = None
    if verify and backend == "numpy":
        proof = prove(network, layer, frame=samples, axis=axis, ignore_global=ignore_global)
    elif verify:
        asked: Asked = {
            "layer": layer,
            "frame": found.frame,
            "axis": axis,
            "ignore_global": ignore_global,
        }
        with bounded_offsets(max_offset):
            proof = prove_on_model(net, backend, network, input, reading, asked)
    return Streaming(network=network, needs=found, rate=hertz, proof=proof)


def check_source(source: str | None) -> None:
    """Refuse a source where a network is run, which begins at its input.

    Raises
    ------
    RfcalcError
        RF406: there is one.
    """
    if source is not None:
        fact = "`source=` is given with `verify=`, which runs the network from its input"
        raise fail("RF406", fact, "omit one of the two")
