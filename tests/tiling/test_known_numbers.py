"""The numbers that authors and users of known networks state of streams, halos and heads."""

from fractions import Fraction

import pytest

from rfcalc.interior import growth
from rfcalc.loading import load
from rfcalc.render.stream import stream_document
from rfcalc.spec import read_text
from rfcalc.tiling.grids import grids
from rfcalc.tiling.halo import halo
from rfcalc.tiling.streams import stream


def rf(text: str, name: str | None = None) -> tuple[int | None, ...] | None:
    network = read_text(text, "net.yaml")
    rows = {row.name: row for row in growth(network).rows}
    return rows[name or network.nodes[network.output].name].rf


@pytest.mark.parametrize(
    ("layer", "samples", "milliseconds"), [("encoder", 465, 29.06), (None, 3345, 209.06)]
)
def test_wav2vec_in_samples_and_milliseconds(
    layer: str | None, samples: int, milliseconds: float
) -> None:
    """fairseq, wav2vec: the encoder sees about 30 ms of 16 kHz, the context about 210 ms."""
    found = stream_document("wav2vec", stream(load("zoo:wav2vec"), layer), Fraction(16000)).data
    assert found["field"] == samples
    assert round(1000 * found["seconds"]["field"], 2) == milliseconds


def test_the_encoder_of_dac_reads_3733_samples_on_each_side() -> None:
    """descript-audio-codec: 7978 = 3733 + 512 + 3733."""
    out = stream(load("zoo:dac"), "embeddings").output
    assert (out.rf, out.look_back, out.look_ahead) == (7978, 3733, 3733)


def test_keras_tcn_is_causal_over_631_samples() -> None:
    """keras-tcn, receptive_field of kernel 8, dilations 1 to 8, three stacks."""
    out = stream(load("zoo:keras-tcn")).output
    assert (out.rf, out.look_back, out.look_ahead, out.latency) == (631, 630, 0, 0)


def test_a_chain_of_kernel_7() -> None:
    text = "{dims: 1, layers: [{stack: {kernel: 7, dilations: [1, 4, 1, 8]}}]}"
    fields = [row.rf for row in growth(read_text(text, "net.yaml")).rows[1:]]
    assert fields == [(7,), (31,), (37,), (85,)]


@pytest.mark.parametrize(("n", "field"), [*enumerate((16, 34, 70, 142, 286, 574), start=1)])
def test_patch_discriminators(n: int, field: int) -> None:
    """pix2pix, NLayerDiscriminator: n strided layers, then two of stride 1, all of kernel 4."""
    strided = f"{{repeat: {{times: {n}, layers: [{{kernel: 4, stride: 2, padding: 1}}]}}}}"
    plain = "{kernel: 4, padding: 1}"
    assert rf(f"layers: [{strided}, {plain}, {plain}]") == (field, field)


def test_waifu2x_upconv_7_takes_a_halo_of_7_cells() -> None:
    """upconv_7: six 3x3 without padding, a deconvolution that doubles, 14 output pixels cut off.

    What is cut off comes first, so that all of the halo, 7 cells on each side, stands behind.
    """
    convs = ", ".join(["{kernel: 3, padding: valid}"] * 6)
    text = f"layers: [{convs}, {{deconv: {{kernel: 4, stride: 2, padding: 3}}}}]"
    moving = grids(read_text(text, "upconv_7.yaml"))
    assert halo(moving).any == ((0, 2 * 7), (0, 2 * 7))
    assert moving.sizes(100, 0)[moving.target] == 2 * (100 - 2 * 7)


YOLO = """
blocks:
  c3:
    params: {n: 1}
    layers:
      - parallel:
          branches:
            - [{kernel: 1}, {repeat: {times: n, layers: [{residual: [{kernel: 1}, {kernel: 3}]}]}}]
            - [{kernel: 1}]
      - {kernel: 1}
  down:
    layers: [{kernel: 3, stride: 2, padding: 1}]
  up:
    layers: [{upsample: {scale: 2}}]
layers:
  - {kernel: 6, stride: 2, padding: 2}
  - down
  - c3
  - down
  - c3: {n: 2, name: p3}
  - down
  - c3: {n: 3, name: p4}
  - down
  - c3: {name: p5}
  - {kernel: 1, name: cv1}
  - {maxpool: {kernel: 5, stride: 1, padding: 2, name: m1}}
  - {maxpool: {kernel: 5, stride: 1, padding: 2, name: m2}}
  - {maxpool: {kernel: 5, stride: 1, padding: 2, name: m3}}
  - {op: concat, from: [cv1, m1, m2, m3]}
  - {kernel: 1}
  - {kernel: 1, name: side5}
  - up: {name: up5}
  - {op: concat, from: [up5, p4]}
  - c3
  - {kernel: 1, name: side4}
  - up: {name: up4}
  - {op: concat, from: [up4, p3]}
  - c3: {name: head3}
  - down: {name: down3}
  - {op: concat, from: [down3, side4]}
  - c3: {name: head4}
  - down: {name: down4}
  - {op: concat, from: [down4, side5]}
  - c3: {name: head5}
"""


def test_yolov5_backbone_and_heads() -> None:
    """yolov5s.yaml, release 6: C3 of 1, 2, 3, 1 bottlenecks, SPPF, PAN; fields of each scale."""
    network = read_text(YOLO, "yolov5s.yaml")
    fields = [row.rf for row in growth(network).rows]
    scales = {
        kind: [fields[network.index(f"{kind}{level}", 0)] for level in (3, 4, 5)]
        for kind in ("p", "head")
    }
    assert scales["p"] == [(58, 58), (170, 170), (266, 266)]
    assert scales["head"] == [(714, 714), (746, 746), (842, 842)]
