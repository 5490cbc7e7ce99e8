"""Chunk by chunk equals the whole, bit for bit; with one sample less it does not."""

import json

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from rfcalc.cli import app
from rfcalc.errors import RfcalcError
from rfcalc.loading import load
from rfcalc.network import Network
from rfcalc.spec import read_text
from rfcalc.tiling import chunks
from rfcalc.tiling.chunks import verify
from rfcalc.tiling.clocks import Clock
from rfcalc.tiling.streams import stream
from tests.tiling.drawn import tileable


def of(layers: str, size: int = 48) -> Network:
    return read_text(f"{{dims: 1, input: {size}, layers: [{layers}]}}", "net.yaml")


@settings(max_examples=12)
@given(tileable(depth=2), st.integers(1, 3))
def test_random_networks(network: Network, turns: int) -> None:
    # Wrapped padding behind the end reads the first samples, which are long gone.
    assume(all(node.layer.border != "circular" for node in network.nodes))
    told = stream(network)
    assume(network.input is not None and told.alignment <= 24)
    found = verify(network, frame=turns * told.alignment)
    assert found.ok


CHAINS = [
    "{kernel: 3}, {kernel: 3, dilation: 4}",
    "{kernel: 3, padding: causal}, {kernel: 3, dilation: 3, padding: causal}",
    "{residual: [{kernel: 5}]}, {kernel: 3, padding: valid}",
]


@pytest.mark.parametrize("layers", CHAINS)
@pytest.mark.parametrize("frame", [1, 5])
def test_with_one_sample_less_chunks_differ(layers: str, frame: int) -> None:
    network = of(layers)
    back = stream(network).output.look_back
    assert back is not None
    assert verify(network, frame=frame).ok
    assert verify(network, frame=frame, look_back=back + 1).ok
    assert not verify(network, frame=frame, look_back=back - 1).ok


@pytest.mark.parametrize("layers", CHAINS[:1] + CHAINS[2:])
def test_an_output_a_sample_too_early_differs(layers: str, monkeypatch: pytest.MonkeyPatch) -> None:
    network, real = of(layers), chunks.clocks

    def early(moving, axis):
        found = real(moving, axis)
        return {
            p: clock and Clock(tuple(at - 1 for at in clock.ready), clock.step)
            for p, clock in found.items()
        }

    assert verify(network, frame=4).ok
    monkeypatch.setattr(chunks, "clocks", early)
    monkeypatch.setattr(chunks, "windows", lambda *_: None)
    assert not verify(network, frame=4).ok


def test_a_recurrence_keeps_all_and_one_axis_of_several_streams() -> None:
    assert verify(of("{kernel: 3}, {op: sequence, side: before}, {kernel: 3}"), frame=4).ok
    network = read_text("{input: [24, 5], layers: [{kernel: 3}, {kernel: [5, 3]}]}", "net.yaml")
    assert verify(network, frame=3, axis=0).ok
    assert verify(network, axis=1).ok


@pytest.mark.parametrize("mode", ["reflect", "replicate"])
def test_padding_that_repeats_later_samples_makes_outputs_wait(mode: str) -> None:
    found = verify(of(f"{{kernel: 9, padding: causal, padding_mode: {mode}}}"), frame=4)
    assert found.ok
    assert (found.late > 0) == (mode == "reflect")


def test_each_of_several_outputs_and_a_spread_of_many_steps() -> None:
    heads = "{kernel: 3, name: a}, {kernel: 3, stride: 2, name: b}, {kernel: 9, name: c, from: a}"
    assert verify(of(heads)).cells == 48 + 24
    long = verify(load("k3,k3", input=(4000,)), frame=2)
    assert (long.ok, long.steps, long.of) == (True, chunks.MOST, 2000)


@pytest.mark.parametrize(
    ("layers", "options", "code"),
    [
        ("{op: sequence, side: after}", {}, "RF464"),
        ("{kernel: 3, stride: 2}", {"frame": 3}, "RF406 .*3 samples"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    layers: str, options: dict[str, int], code: str
) -> None:
    with pytest.raises(RfcalcError, match=code):
        verify(of(layers), **options)
    with pytest.raises(RfcalcError, match="RF403"):
        verify(read_text("{dims: 1, layers: [{kernel: 3}]}", "net.yaml"))


def test_the_command_says_what_it_found(monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["stream", "k3,k3d2", "--input", "40", "--frame", "8", "--verify"]
    found = CliRunner().invoke(app, words)
    assert found.exit_code == 0
    assert "chunk by chunk the outputs are those of the whole" in found.output
    data = json.loads(CliRunner().invoke(app, [*words, "-f", "json"]).output)["verified"]
    assert (data["ok"], data["steps"], data["of"], data["outputs"]) == (True, 5, 5, 40)
    monkeypatch.setattr(chunks, "windows", lambda *_: None)
    real = chunks.clocks
    monkeypatch.setattr(
        chunks,
        "clocks",
        lambda *asked: {
            p: clock and Clock(tuple(at - 2 for at in clock.ready), clock.step)
            for p, clock in real(*asked).items()
        },
    )
    found = CliRunner().invoke(app, words)
    assert found.exit_code == 1
    assert "'conv2' after 8 samples: 2 outputs differ" in found.output


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--backend", "torch"], "--backend is given without --verify"),
        (["--verify", "--source", "conv1"], "--source is given with --verify"),
        (["--verify", "--backend", "torch"], "is no PyTorch module"),
    ],
)
def test_options_that_do_not_fit_are_refused(words: list[str], told: str) -> None:
    found = CliRunner().invoke(app, ["stream", "k3,k3", "--input", "40", *words])
    assert isinstance(found.exception, RfcalcError)
    assert told in str(found.exception)
