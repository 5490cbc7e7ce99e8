"""TFLite files written with the flatbuffers builder, and what they compute, by NumPy."""

import numpy as np
import pytest

from rfcalc.errors import RfcalcError
from rfcalc.importers import read_tflite
from rfcalc.masks import mask
from tests.importers.tflite_running import RUN, STEP

tflite = pytest.importorskip("tflite")
flatbuffers = pytest.importorskip("flatbuffers")

POSITIONS = 6
"""About how many places of an output are asked for their mask."""

STEPS = np.array([0.25, -8.0, 8.0], np.float32)
"""By how much a place is changed."""

CODES = {np.float32: 0, np.int32: 2, np.int64: 4, np.bool_: 6, np.int8: 9}

OPTIONS = {
    **dict.fromkeys(("AVERAGE_POOL_2D", "MAX_POOL_2D", "L2_POOL_2D"), "Pool2D"),
    **dict.fromkeys(("MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_PROD"), "Reducer"),
    **dict.fromkeys(("REDUCE_ANY", "REDUCE_ALL"), "Reducer"),
    "CONV_2D": "Conv2D",
    "DEPTHWISE_CONV_2D": "DepthwiseConv2D",
    "CONV_3D": "Conv3D",
    "CONV_3D_TRANSPOSE": "Conv3D",
    "BATCH_MATMUL": "BatchMatMul",
    "LEAKY_RELU": "LeakyRelu",
    "SPLIT_V": "SplitV",
    "GATHER": "Gather",
    "UNIDIRECTIONAL_SEQUENCE_RNN": "SequenceRNN",
    "UNIDIRECTIONAL_SEQUENCE_LSTM": "UnidirectionalSequenceLSTM",
}
"""Tables of settings that are not called as their operator is."""


class Held:
    """A tensor: its number in the file, and its values at a sample."""

    def __init__(self, at, array):
        self.at = at
        self.array = array


class Made:
    """A network that is written and computed operator by operator; ``x`` is its input."""

    def __init__(self, *shape, signature=None, seed=0):
        self.random = np.random.default_rng(seed)
        self.tensors, self.steps, self.custom = [], [], {}
        self.signature = signature
        sample = self.random.uniform(0.5, 1.5, shape).astype(np.float32)
        self.x = self._held(sample, "x", False)

    def _held(self, array, name, constant):
        array = np.asarray(array)
        if array.dtype.type not in CODES:
            array = array.astype(np.float32 if array.dtype.kind == "f" else np.int32)
        self.tensors.append(
            (name, array.shape, CODES[array.dtype.type], array if constant else None)
        )
        return Held(len(self.tensors) - 1, array)

    def weights(self, *shape):
        """Positive random weights, so that no path cancels another."""
        return self.random.uniform(0.5, 1.5, shape).astype(np.float32)

    def __call__(self, op, *inputs, name=None, run=None, outputs=None, **settings):
        """Append an operator; arrays among the inputs are constants."""
        if op in ("CONV_2D", "DEPTHWISE_CONV_2D") and len(inputs) == 2:
            # The interpreter asks for a bias.
            inputs = (*inputs, np.zeros(inputs[1].shape[0 if op == "CONV_2D" else 3], np.float32))
        read = [
            one
            if isinstance(one, Held) or one is None
            else self._held(one, f"c{len(self.tensors)}", True)
            for one in inputs
        ]
        run = run or RUN[op]
        arrays = [one.array for one in read if one is not None]
        done = run(settings, *arrays)
        given = done if isinstance(done, tuple) else (done,)
        name = name or f"{op.lower()}_{len(self.steps)}"
        made = [
            self._held(one, name if not i else f"{name}:{i}", False) for i, one in enumerate(given)
        ]
        ends = ([-1 if one is None else one.at for one in read], [one.at for one in made])
        self.steps.append((op, *ends, settings, run))
        return made[0] if len(made) == 1 else made

    def run(self, x, output):
        """The output's values at another input."""
        held = {self.x.at: x.astype(np.float32)}
        for _, inputs, outputs, settings, run in self.steps:
            arrays = [held[i] if i in held else self.tensors[i][3] for i in inputs if i >= 0]
            with np.errstate(all="ignore"):
                done = run(settings, *arrays)
            for i, one in zip(outputs, done if isinstance(done, tuple) else (done,), strict=True):
                one = np.asarray(one)
                held[i] = one.astype(np.float32) if one.dtype.kind == "f" else one
        return held[output.at]

    def data(self, *outputs):
        """The bytes of the file."""
        b = flatbuffers.Builder(1024)
        names = list(dict.fromkeys(step[0] for step in self.steps))
        tensors, buffers = [], [_table(b, "Buffer")]
        for i, (name, shape, code, array) in enumerate(self.tensors):
            buffer = 0
            if array is not None:
                held = b.CreateByteVector(array.tobytes())
                buffers.append(_table(b, "Buffer", Data=held))
                buffer = len(buffers) - 1
            fields = {"Shape": _numbers(b, shape), "Type": code, "Buffer": buffer}
            if code == CODES[np.int8]:
                fields["Quantization"] = _table(
                    b,
                    "QuantizationParameters",
                    Scale=b.CreateNumpyVector(np.array([STEP], np.float32)),
                    ZeroPoint=b.CreateNumpyVector(np.array([0], np.int64)),
                )
            if i == self.x.at and self.signature is not None:
                fields["ShapeSignature"] = _numbers(b, self.signature)
            tensors.append(_table(b, "Tensor", Name=b.CreateString(name), **fields))
        steps = [_step(b, names.index(step[0]), step) for step in self.steps]
        graph = _table(
            b,
            "SubGraph",
            Tensors=_tables(b, tensors),
            Inputs=_numbers(b, [self.x.at]),
            Outputs=_numbers(b, [one.at for one in outputs]),
            Operators=_tables(b, steps),
        )
        codes = [_code(b, name) for name in names]
        model = _table(
            b,
            "Model",
            Version=3,
            OperatorCodes=_tables(b, codes),
            Subgraphs=_tables(b, [graph]),
            Buffers=_tables(b, buffers),
        )
        b.Finish(model, b"TFL3")
        return bytes(b.Output())

    def saved(self, folder, *outputs):
        """The path of the file."""
        path = folder / "made.tflite"
        path.write_bytes(self.data(*outputs))
        return path


def _table(b, kind, **fields):
    getattr(tflite, f"{kind}Start")(b)
    for name, value in fields.items():
        getattr(tflite, f"{kind}Add{name}")(b, value)
    return getattr(tflite, f"{kind}End")(b)


def _numbers(b, values):
    return b.CreateNumpyVector(np.asarray(values, np.int32).reshape(-1))


def _tables(b, offsets):
    b.StartVector(4, len(offsets), 4)
    for one in reversed(offsets):
        b.PrependUOffsetTRelative(one)
    return b.EndVector()


def _code(b, name):
    number = getattr(tflite.BuiltinOperator, name, None)
    if number is None:
        own = b.CreateString(name)
        fields = {"CustomCode": own, "BuiltinCode": 32, "DeprecatedBuiltinCode": 32}
    else:
        version = 2 if name == "BROADCAST_TO" else 1
        fields = {"BuiltinCode": number, "DeprecatedBuiltinCode": min(number, 127)}
        fields["Version"] = version
    return _table(b, "OperatorCode", **fields)


def _step(b, code, step):
    op, inputs, outputs, settings, _ = step
    fields = {"OpcodeIndex": code, "Inputs": _numbers(b, inputs), "Outputs": _numbers(b, outputs)}
    kind = (OPTIONS.get(op) or op.title().replace("_", "").replace("Nd", "ND")) + "Options"
    if settings or hasattr(tflite, kind):
        held = {n: _numbers(b, v) if isinstance(v, list) else v for n, v in settings.items()}
        fields["BuiltinOptions"] = _table(b, kind, **held)
        fields["BuiltinOptionsType"] = getattr(tflite.BuiltinOptions, kind)
    return _table(b, "Operator", **fields)


def cells(made, output, space=(1, 2), out_space=(1, 2)):
    """Which places of the input each place of the output depends on: by changing them.

    The changed copies lie along the batch, which no network here mixes, and are run at once.
    """
    shape = made.x.array.shape
    places = list(np.ndindex(*(shape[d] for d in space)))
    moved = np.repeat(made.x.array, 1 + len(STEPS) * len(places), axis=0)
    for number, at in enumerate(places):
        place = [
            slice(1 + len(STEPS) * number, 1 + len(STEPS) * (number + 1)),
            *[slice(None)] * len(shape[1:]),
        ]
        for d, i in zip(space, at, strict=True):
            place[d] = i
        part = moved[tuple(place)]
        part += np.reshape(STEPS, [-1, *[1] * (part.ndim - 1)])
    done = made.run(moved, output)
    changed = ~np.isclose(done[1:], done[:1], rtol=1e-5, equal_nan=True)
    others = tuple(d for d in range(1, done.ndim) if d not in out_space)
    changed = (
        changed.any(axis=others)
        .reshape(len(places), len(STEPS), *(done.shape[d] for d in out_space))
        .any(1)
    )
    found = np.moveaxis(changed, 0, -1)
    return found.reshape(*found.shape[:-1], *(shape[d] for d in space))


def differences(made, output, folder, space=(1, 2), out_space=(1, 2), **options):
    """Where the mask and the run differ, as ``position, mask only, run only``."""
    network = read_tflite(made.saved(folder, output), **options)
    reached = cells(made, output, space, out_space)
    node = network.nodes[network.output]
    wrong = []
    every = list(np.ndindex(*reached.shape[: len(out_space)]))
    for at in [*every[:: max(1, len(every) // POSITIONS)], every[-1]]:
        where = (*(0,) * (network.dims - len(out_space)), *at)
        try:
            said = mask(network, at=where).array()
        except RfcalcError as fault:
            if "RF405" not in str(fault):
                raise
            said = np.zeros(reached.shape[len(out_space) :], bool)
        if (said != reached[at]).any():
            extra, missing = np.argwhere(said & ~reached[at]), np.argwhere(reached[at] & ~said)
            wrong.append((at, extra.tolist(), missing.tolist()))
    assert node.size[network.dims - len(out_space) :] == reached.shape[: len(out_space)]
    return network, wrong


def refusal(made, output, folder, **options):
    """The diagnostic of a network that is refused."""
    with pytest.raises(RfcalcError) as caught:
        read_tflite(made.saved(folder, output), **options)
    return caught.value.diagnostics[0]
