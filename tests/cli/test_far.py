"""Does every command answer where numbers have hundreds of digits? At the limit, and beyond it."""

import pytest

from rfcalc.network.place import RANGE_LIMIT

pytestmark = pytest.mark.slow

COMMANDS = [
    "analyze NET",
    "analyze NET --format json",
    "analyze NET --format csv",
    "check NET --max-rf 3",
    "check NET --max-jump 3",
    "compare NET NET",
    "convert NET -o OUT.yaml",
    "export NET -o OUT.npz",
    "fix NET",
    "graph NET -o OUT.dot",
    "growth NET -o OUT.svg",
    "heatmap NET -o OUT.png",
    "report NET -o OUT.html",
    "sizes NET",
    "stream NET --axis 0 --frame 4",
    "tile NET --tile 512",
    "where NET",
]


def line(command, folder, times):
    net = folder / "net.yaml"
    layer = "{kernel: 2, stride: 2}"
    net.write_text(f"layers: [{{repeat: {{times: {times}, layers: [{layer}]}}}}]\ndims: 1\n")
    out = str(folder / "out")
    return [word.replace("NET", str(net)).replace("OUT", out) for word in command.split()]


@pytest.mark.parametrize("command", COMMANDS)
def test_numbers_at_the_limit_are_told_or_refused_with_a_code(run, tmp_path, command):
    status, out, err = run(*line(command, tmp_path, RANGE_LIMIT - 1))
    if status < 2:
        assert out or err.startswith("wrote ")
    else:
        assert err.startswith("RF")


@pytest.mark.parametrize("times", [RANGE_LIMIT, 20 * RANGE_LIMIT])
def test_numbers_beyond_the_limit_are_refused_where_they_arise(run, tmp_path, times):
    status, out, err = run(*line("analyze NET", tmp_path, times))
    assert (status, out) == (2, "")
    assert f"RF305 'conv{RANGE_LIMIT}' (conv): its jump is a number of more than 512 bits" in err


def test_a_size_beyond_the_limit_is_refused_where_no_jump_tells_of_it(run, tmp_path):
    net = tmp_path / "net.yaml"
    ups = "{repeat: {times: 60, layers: [{upsample: {scale: 1024}}]}}"
    net.write_text(f"dims: 1\ninput: 9\nlayers: [global_pool, {ups}]\n")
    status, _, err = run("analyze", net)
    assert status == 2
    assert "RF305 'upsample52' (upsample): its size is a number of more than 512 bits" in err


@pytest.mark.parametrize(
    ("times", "command"),
    [
        (1100, "export NET --what paths -o OUT.npy"),
        (1100, "analyze NET --measures"),
        (15_000, "export NET --what paths -o OUT.csv"),
    ],
)
def test_counts_beyond_floats_and_beyond_printing_are_told_or_refused(
    run, tmp_path, times, command
):
    """Every turn doubles the paths; Python turns no integer of over 4300 digits into text."""
    words = line(command, tmp_path, times)
    layers = (
        f"[{{repeat: {{times: {times}, layers: [{{residual: [{{op: relu}}]}}]}}}}, {{kernel: 3}}]"
    )
    (tmp_path / "net.yaml").write_text(f"layers: {layers}\n")
    status, _, err = run(*words)
    assert status == 0 or (status == 2 and err.startswith("RF305"))


def test_a_schedule_whose_field_is_beyond_printing_is_refused(run):
    status, _, err = run("hdc-check", ",".join(["1"] * 900), "--stride", "65536")
    assert status == 2
    assert err.startswith("RF305")
