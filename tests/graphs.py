"""Which networks of unknown size are there? Graphs whose every layer has an interior."""

from fractions import Fraction

from hypothesis import strategies as st

from rfcalc.layers import LAYERS
from rfcalc.network import Draft, Input, build

__all__ = ["built", "graphs", "resized"]


def built(dims, layers, size=None):
    """A chain of layers, or of (layer, positions of its inputs)."""
    drafts = [Draft("input", Input())]
    for number, layer in enumerate(layers, start=1):
        inputs = (number - 1,)
        if isinstance(layer, tuple):
            layer, inputs = layer
        drafts.append(Draft(f"n{number}", layer, inputs))
    return build("built", dims, drafts, [size])


def resized(network, size):
    """The same network on an input of a known size."""
    drafts = [Draft(node.name, node.layer, node.inputs) for node in network.nodes]
    return build(network.name, network.dims, drafts, [size])


LAYER = st.one_of(
    st.builds(
        lambda k, s, d, p: ("conv", {"kernel": k, "stride": s, "dilation": d, "padding": p}),
        *[st.integers(1, 3), st.sampled_from([1, 1, 2]), st.integers(1, 3), st.integers(0, 2)],
    ),
    st.builds(
        lambda k, s, p: ("conv_transpose", {"kernel": k, "stride": s, "padding": p}),
        *[st.integers(1, 4), st.integers(1, 3), st.integers(0, 1)],
    ),
    st.builds(
        lambda r, m: ("upsample", {"scale": r, "mode": m}),
        *[st.sampled_from([2.0, 3.0, 1.5]), st.sampled_from(["nearest", "linear"])],
    ),
    st.builds(lambda k: ("maxpool", {"kernel": k}), st.integers(2, 3)),
    st.builds(lambda r: ("pixel_shuffle", {"factor": r}), st.integers(2, 3)),
    st.builds(lambda r: ("pixel_unshuffle", {"factor": r}), st.integers(2, 3)),
    st.builds(lambda b: ("crop", {"before": b}), st.integers(0, 3)),
    st.just(("relu", {})),
)


def layer(op, options, dims):
    def every(name, value):
        return (
            value
            if name == "mode"
            else (((value, value),) if name == "padding" else (value,)) * dims
        )

    return LAYERS[op](**{name: every(name, value) for name, value in options.items()})


@st.composite
def graphs(draw, dims):
    """Layers in a row, with merges of earlier nodes whose jumps agree."""
    layers, jumps = [], [Fraction(1)]
    for _ in range(draw(st.integers(1, 6 if dims == 1 else 4))):
        alike = [
            (a, b)
            for b in range(len(jumps))
            for a in range(b)
            if jumps[a] == jumps[b] and len(jumps) > 2
        ]
        if alike and draw(st.integers(0, 2)) == 0:
            pair = draw(st.sampled_from(alike))
            layers.append((LAYERS["add"](), pair))
            jumps.append(jumps[pair[0]])
            continue
        reads = draw(st.sampled_from([len(jumps) - 1] * 3 + list(range(len(jumps)))))
        made = layer(*draw(LAYER), dims)
        step = jumps[reads] * made.taps(None, 0).jump
        if not (Fraction(1, 8) <= step <= 8):
            continue
        layers.append((made, (reads,)))
        jumps.append(step)
    return built(dims, layers)
