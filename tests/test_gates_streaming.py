"""Do the gates on streams hold what `rfcalc stream` says, per axis, output and side?"""

from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from rfcalc.cli import app
from rfcalc.errors import RfcalcError
from rfcalc.gates import check
from rfcalc.library.limits import check as judged
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


@settings(max_examples=25)
@given(
    tileable(),
    st.sampled_from([*NUMBERS]),
    st.fractions(min_value=1, max_value=10**6, max_denominator=7),
    st.sampled_from([("s", 1), ("ms", 10**3), ("us", 10**6)]),
)
def test_a_time_allows_what_lasts_no_longer(network: Network, gate: str, rate, unit):
    number = getattr(stream(network).output, NUMBERS[gate])
    word, parts = unit
    lasts = number / rate * parts
    for share in (Fraction(99, 100), Fraction(1), Fraction(101, 100)):
        text = f"{Decimal(floor(lasts * share * 10**6)) / 10**6:f}{word}"
        allowed = Fraction(text.removesuffix(word)) / parts * rate
        assert bool(check(network, {gate: text}, rate=rate)) == (number > allowed)


def test_failures_tell_times_where_the_rate_is_known():
    network = net("dims: 1\nlayers: [{kernel: 9}, {kernel: 9}]")
    (failure,) = check(network, {"max-latency": "0.1ms"}, rate=Fraction(16000))
    assert "is 8 samples (0.0005 s), above 0.1ms (1 sample)" in failure.message
    (failure,) = check(network, {"max-latency": 3}, rate=Fraction(16000))
    assert "is 8 samples (0.0005 s), above 3:" in failure.message


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("--max-latency 20ms", "--max-latency is '20ms', a time, and no rate is given"),
        ("--max-look-back 1s", "give the samples per second, as in --rate 16k"),
        ("--max-look-ahead 20parsecs --rate 16k", "it takes samples, 0 or more, or with a rate"),
        ("--max-look-ahead 2.5 --rate 16k", "it takes samples, 0 or more, or with a rate"),
        ("--max-look-ahead -1ms --rate 16k", "it takes samples, 0 or more, or with a rate"),
        ("--max-latency 20ms --rate k", "--rate is 'k'"),
        ("--max-latency 20ms --rate 0", "--rate is '0'"),
    ],
)
def test_a_time_needs_a_rate_and_both_have_to_be_numbers(words, told):
    result = CliRunner().invoke(app, ["check", "k3", "--dims", "1", *words.split(), "--no-config"])
    assert isinstance(result.exception, RfcalcError)
    assert told in str(result.exception)


def test_the_rate_of_a_network_goes_before_that_of_all(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = "[tool.rfcalc]\nmax-latency = '0.5ms'\n"
    (tmp_path / "pyproject.toml").write_text(text + "networks = ['k9']\n")
    found = CliRunner().invoke(app, ["check"]).exception
    assert "'max-latency' of pyproject.toml is '0.5ms', a time, and no rate" in str(found)
    assert "--rate 16k, or set rate = '16k' beside it" in str(found)
    for rates, status in [
        ("rate = 8000\nnetworks = ['k9']", 0),  # 4 samples last 0.5 ms.
        ("rate = '7999'\nnetworks = ['k9']", 1),
        ("rate = 7999\nnetworks = [{net = 'k9', rate = '8k'}]", 0),
        ("rate = '8k'\nnetworks = [{net = 'k9', rate = 7999.5}]", 1),
    ]:
        (tmp_path / "pyproject.toml").write_text(text + rates)
        assert CliRunner().invoke(app, ["check"]).exit_code == status, rates
    assert CliRunner().invoke(app, ["check", "--rate", "8k"]).exit_code == 0
    bad = "rate = true\nmax-look-back = '1h'\nnetworks = [{net = 'k9', rate = 'k'}]"
    (tmp_path / "pyproject.toml").write_text("[tool.rfcalc]\n" + bad)
    found = CliRunner().invoke(app, ["check"]).exception
    assert [one.code for one in found.diagnostics] == ["RF430"] * 3


def test_times_are_taken_in_python():
    assert judged("k9", max_latency="4ms", rate=1000, input=(64,)).ok
    assert not judged("k9", max_latency="3.9ms", rate="1k", input=(64,)).ok
    with pytest.raises(RfcalcError, match=r"`max_latency=` is '4ms', a time, and no rate"):
        judged("k9", max_latency="4ms")
    with pytest.raises(TypeError, match="max_latency is of type float; it takes samples, or"):
        judged("k9", max_latency=4.5)
