"""Do the gates on streams hold what `rfcalc stream` says, per axis, output and side?"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from rfcalc.cli import app
from rfcalc.errors import RfcalcError
from rfcalc.gates import check
from rfcalc.network import Network
from rfcalc.tiling.streams import stream
from tests.brute import net
from tests.tiling.drawn import tileable

NUMBERS = {
    "max-latency": "latency",
    "max-look-ahead": "look_ahead",
    "max-look-back": "look_back",
}


def missed(network, axis=None, **gates):
    named = {name.replace("_", "-"): to for name, to in gates.items()}
    return [failure.gate for failure in check(network, named, axis=axis)]


@settings(max_examples=25)
@given(tileable(), st.sampled_from([*NUMBERS]))
def test_a_gate_is_kept_at_the_number_and_missed_below(network: Network, gate: str):
    output = stream(network).output
    number = getattr(output, NUMBERS[gate])
    assert check(network, {gate: number}) == ()
    if number:
        (failure,) = check(network, {gate: number - 1})
        assert f"above {number - 1:,}" in failure.message
    assert bool(check(network, {"causal": True})) == (output.look_ahead > 0)


def test_the_layer_that_looks_ahead_the_most_is_to_blame():
    network = net(
        "dims: 1\nlayers: [{kernel: 3, padding: causal}, "
        "{kernel: 5, name: a}, {kernel: 9, name: b}]"
    )
    (failure,) = check(network, {"causal": True})
    assert (failure.code, failure.layer, failure.at.line) == ("RG210", "b", 2)
    assert "reads 6 samples ahead: 'b' by 4, 'a' by 2" in failure.message


def test_a_side_without_end_fails_and_the_other_is_judged():
    lstm = net("dims: 1\nlayers: [{kernel: 3, padding: causal}, {op: sequence, side: before}]")
    assert missed(lstm, causal=True, max_latency=0, max_look_ahead=0) == []
    (failure,) = check(lstm, {"max-look-back": 10**9})
    assert "is without end, through 'sequence1'" in failure.message
    both = net("dims: 1\nlayers: [{op: sequence, side: both}]")
    assert missed(both, causal=True, max_latency=9, max_look_ahead=9) == [
        "causal",
        "max-latency",
        "max-look-ahead",
    ]


def test_every_axis_is_judged_until_one_is_named_that_of_time():
    network = net("layers: [{kernel: [3, 2], padding: [[1, 1], [1, 0]]}]")
    (failure,) = check(network, {"causal": True})
    assert "on axis 0" in failure.message
    assert missed(network, axis=1, causal=True) == []
    with pytest.raises(RfcalcError, match="RF406 `axis=` is 2"):
        check(network, {"causal": True}, axis=2)


def test_each_output_is_judged():
    network = net(
        "dims: 1\nlayers: [{kernel: 3, padding: causal, name: near}, "
        "{kernel: 3, padding: [[0, 2]], name: far, from: input}]"
    )
    assert [failure.layer for failure in check(network, {"max-look-ahead": 1})] == ["far"]


def test_what_cannot_be_streamed_fails_with_the_reason():
    network = net("dims: 1\ninput: 64\nlayers: [{adaptive_pool: {output: 8}}]")
    (failure,) = check(network, {"max-latency": 9})
    assert "goes by the size of its input" in failure.message


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        ("k3pcausal --dims 1 --causal --max-latency 0", 0, "1 network passed"),
        ("k3 --dims 1 --max-latency 0", 1, "RG211 max-latency: the latency of 'conv1' is 1 sample"),
        ("k3 --causal --axis 1", 1, "RG210 causal: 'conv1' reads 1 sample ahead on axis 1"),
    ],
)
def test_the_command_judges_streams(words, status, told):
    result = CliRunner().invoke(app, ["check", *words.split(), "--no-config"])
    assert result.exit_code == status
    assert told in result.output


def test_a_negative_limit_is_refused():
    result = CliRunner().invoke(app, ["check", "k3", "--max-latency", "-1", "--no-config"])
    assert isinstance(result.exception, RfcalcError)
    assert "--max-latency is out of range: -1" in str(result.exception)


def test_settings_hold_the_gates_and_the_axis(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = "[tool.rfcalc]\ncausal = true\nmax-latency = 0\naxis = 1\n"
    (tmp_path / "pyproject.toml").write_text(text)
    assert CliRunner().invoke(app, ["check", "k3x1"]).exit_code == 0
    assert CliRunner().invoke(app, ["check", "k1x3"]).exit_code == 1
    (tmp_path / "pyproject.toml").write_text("[tool.rfcalc]\nmax-latency = -1\naxis = 'time'\n")
    found = CliRunner().invoke(app, ["check", "k3"]).exception
    assert [one.code for one in found.diagnostics] == ["RF430", "RF430"]
