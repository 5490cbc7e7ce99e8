"""Does `analyze --show` draw the mask, whatever the output takes?"""

import pytest
from typer.testing import CliRunner

from rfcalc.cli import app


def run(*words, **options):
    return CliRunner().invoke(app, ["analyze", *words, "--show"], **options)


def test_the_mask_is_drawn_before_the_verdict():
    lines = run("k3d2,k3d2").stdout.splitlines()
    at = lines.index("sampled by 'conv2' on 'input'")
    assert lines[at + 1 : at + 10] == ["██··██··██··██··██", "··················"] * 4 + [
        "██··██··██··██··██"
    ]
    assert any(line.startswith("growth ") and line.endswith(" 9") for line in lines)
    assert lines[-1].startswith("verdict:")


@pytest.mark.parametrize("format", ["json", "csv", "markdown"])
def test_other_formats_stay_free_of_colour(format):
    assert "\x1b" not in run("k3d2", "--format", format, color=True).stdout


def test_a_layer_that_sees_everything_is_not_drawn(tmp_path):
    (tmp_path / "n.yaml").write_text("layers: [{kernel: 3}, global_pool]")
    result = run(str(tmp_path / "n.yaml"))
    assert result.exit_code == 0
    assert "sampled by" not in result.stdout


def test_a_deep_network_has_a_line_of_growth_that_fits():
    lines = run("zoo:resnet152").stdout.splitlines()
    grown = next(line for line in lines if line.startswith("growth "))
    assert len(grown.split()[1]) == 60
    assert grown.endswith(" 1451")
