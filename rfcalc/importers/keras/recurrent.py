"""What do Keras' recurrent layers read? The steps before, or all of them."""

from typing import Any, cast

from rfcalc.footprint import Side
from rfcalc.importers import layout
from rfcalc.importers.axes import Value
from rfcalc.importers.channels import channels
from rfcalc.importers.combining import combine
from rfcalc.importers.graph import plain
from rfcalc.importers.keras.model import key_of, wrong
from rfcalc.importers.keras.operators import Op, Result, keras_layer
from rfcalc.importers.keras.sliding import KERNEL, OMITTED, PADDINGS, windowed
from rfcalc.importers.mixing import mix, reduce, running, scan
from rfcalc.importers.recurring import Recurrence, split_ways
from rfcalc.importers.windows import slide
from rfcalc.layers.pointwise import Add
from rfcalc.layers.whole import Sequence
from rfcalc.layers.window import Conv

CELLS = frozenset({"LSTMCell", "GRUCell", "SimpleRNNCell", "StackedRNNCells"})


@keras_layer("LSTM", "GRU", "SimpleRNN", "CuDNNLSTM", "CuDNNGRU", kind="norm")
def _recurrent(op: Op) -> Result:
    """A recurrence along the steps; a sequence of results reads the steps before each."""
    return _run(op, op.number("units", most=1 << 20), 2 if "LSTM" in op.key else 1)


@keras_layer("RNN", kind="norm")
def _rnn(op: Op) -> Result:
    """A recurrence of Keras' own cells along the steps."""
    cell = _settings(op, op["cell"])
    rows = [_settings(op, row) for row in cell["config"].get("cells", [cell])]
    names = [key_of(cell), *(key_of(row) for row in rows)]
    strange = [name for name in names if name not in CELLS]
    if strange:
        raise op.lost(f"its cell {strange[0]} is not one of Keras' own")
    if op["return_state"] and len(rows) > 1:
        raise op.lost("the states of stacked cells are not followed")
    last = rows[-1]
    return _run(op, _units(op, last["config"]), 2 if key_of(last) == "LSTMCell" else 1)


def _settings(op: Op, cell: Any) -> dict[str, Any]:
    """Return what is written of a cell, which has settings of its own."""
    if isinstance(cell, dict):
        found = cast("dict[str, Any]", cell)
        if isinstance(found.get("config"), dict):
            return found
    raise wrong(op.graph.here, f"its cell is {cell!r:.60}")


def _units(op: Op, config: dict[str, Any]) -> int:
    units = config.get("units")
    if type(units) is not int or not 1 <= units <= 1 << 20:
        raise wrong(op.graph.here, f"units is {units!r:.60}")
    return units


def _run(op: Op, units: int, states: int, side: Side | None = "before") -> list[Value]:
    """Return the sequence or its end, then the states, each ``units`` wide."""
    if op["time_major"]:
        raise op.lost("steps before the batch are not followed")
    running(op.graph, op.x, [1])
    x = channels(op.graph, op.x, len(op.x.shape) - 1, units)
    rank = len(x.shape)
    end = reduce(op.graph, x, [1], keep=False)
    given = op.tensors[1:]
    if any(len(state.shape) != 2 for state in given):
        raise op.lost("a state that is no row of channels is not followed")
    done = end
    if op["return_sequences"]:
        # Run backwards, the results come in reverse order too.
        done = scan(op.graph, x, [1], op.key, None if op["go_backwards"] else side)
    steps = list(range(rank))
    for state in given:
        op.graph.state(state)
        flat = reduce(op.graph, state, [1], keep=False)
        labels = steps if op["return_sequences"] else [d for d in steps if d != 1]
        done = combine(op.graph, Add(), [(done, labels), (flat, [0])], labels)
        rest = [d for d in steps if d != 1]
        end = combine(op.graph, Add(), [(end, rest), (flat, [0])], rest)
    return [done, *([end] * states if op["return_state"] else [])]


@keras_layer("Bidirectional", kind="wrapper", merge_mode="concat")
def _bidirectional(op: Op) -> Result:
    """A recurrence both ways: every step reads all of them."""
    inner = cast("dict[str, Any]", op["layer"])
    key, config = key_of(inner), cast("dict[str, Any]", inner["config"])
    if key not in ("LSTM", "GRU", "SimpleRNN", "CuDNNLSTM", "CuDNNGRU"):
        if key.startswith("ConvLSTM") or key == "RNN":
            raise op.lost(f"it wraps {key}, which is not followed both ways")
        raise op.lost(f"it wraps {key}")
    if config.get("return_state") or len(op.tensors) > 1:
        raise op.lost("states of a recurrence both ways are not followed")
    units = _units(op, config)
    handed = ("return_sequences", "time_major", "go_backwards")
    op.defaults = {**op.defaults, **{name: config.get(name) for name in handed}}
    if op["merge_mode"] is None:
        return [*_run(op, units, 0), *_run(op, units, 0, "after")]
    wide = 2 * units if op["merge_mode"] == "concat" else units
    done = _run(op, wide, 0, "both")
    if op["merge_mode"] != "concat" or not op["return_sequences"] or op["go_backwards"]:
        return done
    recurrence = Recurrence(op.x, 1, op.key)
    return [split_ways(op.graph, done[0], len(done[0].shape) - 1, recurrence)]


@keras_layer(
    *("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"),
    kind="window",
    **OMITTED,
)
def _conv_lstm(op: Op) -> Result:
    """A convolution of each step, and one more of the state for every step since."""
    x = op.x
    rank = op.rank
    if len(op.tensors) > 1 or op["return_state"]:
        raise op.lost("its states are not followed")
    kernel = op.each("kernel_size", rank, most=KERNEL)
    running(op.graph, x, [1])
    layer = Conv(
        kernel=kernel,
        stride=op.each("strides", rank, most=KERNEL),
        dilation=op.each("dilation_rate", rank),
        padding=op.word("padding", PADDINGS),  # pyright: ignore[reportArgumentType]
    )
    done = windowed(op, x, layer, op.number("filters", most=1 << 20))
    steps = x.shape[1]
    dims, _ = op.space(rank, len(x.shape))
    if steps > 1:
        ones = (1,) * rank
        reach = tuple((steps - 1) * (k - 1) + 1 for k in kernel)
        pads = tuple((n * ((k - 1) // 2), n * (k // 2)) for k in kernel for n in (steps - 1,))
        state = Conv(kernel=reach, stride=ones, dilation=ones, padding=pads)
        done = slide(op.graph, done, state, dims)
        op.graph.assume(f"{op.graph.here}: every step taken to read what the last one reads")
    if op["return_sequences"]:
        return mix(op.graph, done, [1], plain("identity"), Sequence)
    return reduce(op.graph, done, [1], keep=False)


@keras_layer("TimeDistributed", kind="wrapper")
def _time_distributed(op: Op) -> Result:
    """The same layer at every step."""
    x = op.x
    batch, steps = x.shape[:2]
    flat = layout.reshape(op.graph, x, [batch * steps, *x.shape[2:]])
    return [
        layout.reshape(op.graph, done, [batch, steps, *done.shape[1:]])
        for done in op.apply(op["layer"], [flat], {})
    ]


@keras_layer("SpectralNormalization", "Wrapper", kind="wrapper")
def _wrapped(op: Op) -> Result:
    """The layer inside; its weights are normalised, not its values."""
    if op.key == "Wrapper":
        raise op.lost("a bare wrapper says nothing of what it does")
    return op.apply(op["layer"], op.args, op.kwargs)
