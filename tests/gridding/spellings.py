"""The same function written otherwise: shortcuts, gates, 1x1s, order, functions, modules, files.

A network is a list of parts, each a dict of one key: ``conv`` (kernel, dilation, causal), ``down``
(a stride), ``res`` (a body), ``point`` (a 1x1), ``act``, ``gate`` (squeeze-excite).
"""

import json

from hypothesis import strategies as st

from tests.brute import net

__all__ = ["chains", "module", "network", "reordered", "respelt", "text"]

CONV = st.fixed_dictionaries(
    {
        "kernel": st.sampled_from([2, 3, 3, 3, 5]),
        "dilation": st.sampled_from([1, 1, 2, 2, 3, 4, 5, 6, 9]),
    }
)


@st.composite
def chains(draw, most=6):
    """Draw convolutions at one resolution after another, each a line of layers."""
    parts = []
    for number in range(draw(st.integers(1, 2))):
        if number:
            parts.append({"down": {"kernel": draw(st.integers(2, 3)), "stride": 2}})
        parts += [{"conv": one} for one in draw(st.lists(CONV, min_size=1, max_size=most))]
    return parts


@st.composite
def respelt(draw, parts, depth=0):
    """Draw the same function with shortcuts, 1x1s, activations and gates put in."""
    out, run = [], []

    def put():
        if not run:
            return
        body = list(run)
        run.clear()
        if len(body) > 1 and depth < 2 and draw(st.booleans()):
            body = draw(respelt(body, depth + 1))
        if draw(st.booleans()):
            body = [{"res": body}]
        out.extend(body)

    for part in parts:
        if "down" in part:
            put()
            out.append(part)
            continue
        run.append(part)
        if draw(st.integers(0, 2)) == 0:
            put()
        if draw(st.integers(0, 3)) == 0:
            put()
            out.append({draw(st.sampled_from(["point", "act", "gate", "norm"])): {}})
    put()
    return out


@st.composite
def reordered(draw, parts):
    """Draw another order of the parts between two strides."""
    out, run = [], []
    for part in [*parts, None]:
        if part is None or "down" in part:
            out += draw(st.permutations(run))
            out += [part] if part else []
            run = []
        else:
            run.append(part)
    return out


def _layer(part):
    ((kind, given),) = part.items()
    if kind == "conv":
        causal = {"padding": "causal"} if given["kernel"] == 2 else {}
        return {"conv": {**given, **causal}}
    if kind == "down":
        return {"conv": {**given, "padding": 0}}
    if kind == "res":
        return {"residual": [_layer(one) for one in given]}
    if kind == "gate":
        return {
            "parallel": {"merge": "mul", "branches": [["identity"], ["global_pool", "sigmoid"]]}
        }
    return {"point": {"conv": {"kernel": 1}}, "act": "relu", "norm": "batchnorm"}[kind]


def text(parts, dims=1, block=False):
    """Return the network file; as a function, the layers stand in a block that is used once."""
    layers = [_layer(part) for part in parts]
    if block:
        return json.dumps(
            {"dims": dims, "blocks": {"body": {"layers": layers}}, "layers": ["body"]}
        )
    return json.dumps({"dims": dims, "layers": layers})


def network(parts, dims=1, block=False):
    """Return the network."""
    return net(text(parts, dims, block))


def module(parts):
    """Return a PyTorch module of one channel that does the same."""
    import torch
    from torch import nn

    class Residual(nn.Module):
        def __init__(self, body):
            super().__init__()
            self.body = body

        def forward(self, x):
            return x + self.body(x)

    class Causal(nn.Module):
        def __init__(self, given):
            super().__init__()
            self.pad = given["dilation"]
            self.conv = nn.Conv1d(1, 1, 2, dilation=given["dilation"])

        def forward(self, x):
            return self.conv(nn.functional.pad(x, (self.pad, 0)))

    class Gate(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Conv1d(1, 1, 1)

        def forward(self, x):
            return x * torch.sigmoid(self.fc(x.mean(2, keepdim=True)))

    def made(part):
        ((kind, given),) = part.items()
        if kind == "conv" and given["kernel"] == 2:
            return Causal(given)
        if kind == "conv":
            pad = given["dilation"] * (given["kernel"] - 1) // 2
            return nn.Conv1d(1, 1, given["kernel"], dilation=given["dilation"], padding=pad)
        if kind == "down":
            return nn.Conv1d(1, 1, given["kernel"], stride=given["stride"])
        if kind == "res":
            return Residual(nn.Sequential(*[made(one) for one in given]))
        return {
            "point": nn.Conv1d(1, 1, 1),
            "act": nn.ReLU(),
            "norm": nn.BatchNorm1d(1),
            "gate": Gate(),
        }[kind]

    return nn.Sequential(*[made(part) for part in parts]).eval()
