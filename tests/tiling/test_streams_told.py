"""Who looks ahead, what is kept in bytes, where overlaps are cut, and in which words of time."""

import pytest
from hypothesis import given, settings

from rfcalc.durations import frame_of, rate_of
from rfcalc.errors import RfcalcError
from rfcalc.loading import load
from rfcalc.network import Network
from rfcalc.render.stream import stream_document
from rfcalc.spec import read_text
from rfcalc.tiling.streams import stream
from tests.tiling.drawn import tileable


def of(layers: str, **options: object) -> Network:
    more = "".join(f", {key}: {value}" for key, value in options.items())
    return read_text(f"{{dims: 1{more}, layers: [{layers}]}}", "net.yaml")


@settings(max_examples=25)
@given(tileable())
def test_shares_add_up_to_the_look_ahead(network: Network) -> None:
    found = stream(network)
    shares = [samples for _, samples in found.looks_ahead]
    assert all(samples > 0 for samples in shares)
    assert sum(shares) == found.worst("look_ahead").look_ahead


@pytest.mark.parametrize(
    ("layers", "told"),
    [
        ("{kernel: 3, name: a}, {kernel: 5, dilation: 2, name: b}", [("a", 1), ("b", 4)]),
        ("{kernel: 3, padding: causal}, {kernel: 5, stride: 2, padding: causal}", []),
        # The idiom of frameworks: padding at the front pays for the convolution behind it.
        ("{pad: {before: 4}}, {kernel: 3, dilation: 2, padding: valid}", []),
        ("{pad: {before: 2, after: 2}}, {kernel: 5, padding: valid, name: c}", [("c", 2)]),
        # And cells cut off at the end take nothing back, those at the front do.
        ("{kernel: 3, padding: [[4, 4]], dilation: 2}, {crop: {before: 0, after: 4}}", []),
        ("{kernel: 3, padding: valid, name: c}, {pad: {before: 1}}", [("c", 1)]),
        (
            "{residual: [{kernel: 7, name: wide}]}, {kernel: 3, padding: causal}",
            [("wide", 3)],
        ),
        ("{kernel: 3, name: a}, {op: sequence, side: after, name: b}", [("a", 1), ("b", None)]),
    ],
)
def test_layers_that_look_ahead_are_named(layers: str, told: list[tuple[str, int]]) -> None:
    assert list(stream(of(layers)).looks_ahead) == told


def test_bytes_follow_from_channels_where_they_are_known() -> None:
    known = of(
        "{kernel: 3, padding: causal, in_channels: 2, out_channels: 8}, relu, "
        "{kernel: 5, padding: causal, out_channels: 1}"
    )
    assert [stage.bytes for stage in stream(known).stages] == [
        (),
        (2 * 2 * 4,),
        (0,),
        (4 * 8 * 4,),
    ]
    assert stream(known).bytes == 16 + 128
    assert stream(of("{kernel: 3, padding: causal}")).bytes is None
    text = "{input: [10, 6], layers: [{kernel: 3, in_channels: 4, out_channels: 1}]}"
    assert stream(read_text(text, "net.yaml"), axis=0).bytes == 2 * 4 * 6 * 4


@pytest.mark.parametrize(
    ("layers", "trim", "ahead"),
    [
        ("{deconv: {kernel: 4, stride: 2, padding: [[0, 2]]}}", (0, 2), 0),
        ("{deconv: {kernel: 4, stride: 2, padding: 1}}", (1, 1), 1),
        ("{deconv: {kernel: 4, stride: 2, padding: 0}}, {crop: {before: 0, after: 2}}", (0, 2), 0),
        ("{deconv: {kernel: 4, stride: 2, padding: 0}}, {slice: {start: 2}}", (2, 0), 1),
        ("{deconv: {kernel: 3, stride: 2, padding: 1, output_padding: 1}}", (1, 0), 1),
    ],
)
def test_both_trims_of_a_transposed_convolution(
    layers: str, trim: tuple[int, int], ahead: int
) -> None:
    found = stream(of(layers))
    assert found.stages[1].trim == trim
    assert found.output.look_ahead == ahead


def test_a_frame_that_fits_is_told_beside_one_that_does_not() -> None:
    network = of("{kernel: 3, stride: 4}, {kernel: 3}")
    assert stream(network, frame=10).fitting == (8, 12)
    assert stream(network, frame=3).fitting == (4, 4)
    assert stream(network, frame=8).fitting == (8, 12)


def test_the_result_says_what_it_is_about() -> None:
    found = stream_document("net", stream(load("zoo:soundstream"), frame=320), rate_of("16k")).data
    assert (found["frame"], found["rate"], found["layout"]) == (320, 16000, None)
    # Each sample of a frame waits for the whole of it: the upsampling looks ahead.
    assert [one["layer"][:14] for one in found["looks_ahead"]] == ["conv_transpose"] * 4
    assert sum(one["cells"] for one in found["looks_ahead"]) == found["look_ahead"] == 319
    assert {"layer", "buffer", "trim"} <= {*found["layers"][1]}


def test_rates_and_frames_in_words_of_time() -> None:
    assert [int(rate_of(text)) for text in ("16k", "16kHz", "16000", "0.016M", "16000 Hz")] == [
        16000
    ] * 5
    assert frame_of("0.5s", rate_of("8k")) == 4000
    assert frame_of("62.5us", rate_of("16k")) == 1


@pytest.mark.parametrize(
    ("rate", "frame", "told"),
    [
        ("k", None, "`rate=` is 'k'"),
        ("16q", None, "`rate=` is '16q'"),
        ("1/0", None, "`rate=` is '1/0'"),
        (None, "10ms", "no rate is given"),
        ("16k", "ten", "`frame=` is 'ten'"),
        ("16k", "10 min", "`frame=` is '10 min'"),
        ("44100", "25ms", "1102.5 samples"),
    ],
)
def test_times_that_are_none_are_refused(rate: str | None, frame: str | None, told: str) -> None:
    with pytest.raises(RfcalcError, match=f"RF406 .*{told}"):
        frame_of(frame or "1", None if rate is None else rate_of(rate))


def test_conv_tasnet_waits_for_its_dilated_layers() -> None:
    found = stream(load("zoo:conv-tasnet"), "masks")
    shares = dict(found.looks_ahead)
    assert sum(shares.values()) == found.output.look_ahead == 6128
    assert max(shares.values()) == 1024
