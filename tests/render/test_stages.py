"""Do all commands tell the same of a dilated stage?"""

import csv
import io

import pytest
from typer.testing import CliRunner

from rfcalc.cli import app

MEASURED = ("stage", "dilations", "rf", "density", "largest hole", "sublattices")


def stages(*words):
    """The rows of a command's table of stages, what is measured of each."""
    out = CliRunner().invoke(app, [*words, "--format", "markdown"]).stdout
    lines = out.partition("**dilated stages, each against its own input**")[2].split("\n\n")[1]
    rows = list(csv.DictReader(io.StringIO(lines.replace(" | ", ";")), delimiter=";"))
    heads = {name: next(key for key in rows[0] if key.strip("| ") == name) for name in MEASURED}
    return [tuple(row[heads[name]].strip("| ") for name in MEASURED) for row in rows[1:]]


@pytest.mark.parametrize("net", ["zoo:tusimple-duc-hdc", "k3d2,k3d2,k3", "k3d2,k3d2,k3d3"])
def test_a_stage_is_told_alike_by_every_command(net):
    told = stages("analyze", net)
    assert told
    assert stages("compare", net, net)[: len(told)] == told
    assert stages("fix", net)[0] == told[0]
