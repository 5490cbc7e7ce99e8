"""Does a command import no array library where it needs none?"""

import subprocess
import sys

import pytest

from rfcalc.loading import load
from tests.cli.processes import ROOT

EXAMPLES = ROOT / "examples"


PROBE = """
import sys
sys.argv = {arguments!r}
from rfcalc.cli import main
try:
    main()
except SystemExit:
    pass
print(*sorted({heavy!r} & set(sys.modules)), file=sys.stderr)
"""
HEAVY = {"numpy", "matplotlib", "torch", "onnx", "keras", "networkx", "pydantic", "PIL"}


def loaded(*arguments, heavy=HEAVY):
    code = PROBE.format(arguments=["rfcalc", *map(str, arguments)], heavy=heavy)
    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
        check=True,
    )
    assert result.stdout
    return set(result.stderr.split())


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["analyze", "--help"],
        ["heatmap", "--help"],
        ["hdc-check", "1,2,9"],
        ["hdc-check", "1,2,5", "--suggest"],
        ["explain", "RF101"],
        ["schema"],
        ["analyze", "k3,k3s2,k3"],
        ["analyze", "examples/resnet152.yaml"],
        ["analyze", "examples/unet.yaml", "--format", "json"],
        ["analyze", "k3,k3d2,k3d5", "--measures"],
        ["analyze", "k3,k3d2,k3d5", "--measures", "--format", "json"],
        ["analyze", "zoo:deeplabv2-resnet101"],
        ["compare", "k3,k3d2", "zoo:wavenet"],
        ["check", "k3,k3d2", "--no-gridding"],
    ],
    ids=" ".join,
)
def test_a_command_without_arrays_imports_no_array_library(arguments):
    assert not loaded(*arguments)


@pytest.mark.skipif(sys.gettrace() is not None, reason="coverage imports some of them itself")
@pytest.mark.parametrize(
    "arguments",
    [
        ["analyze", "k3", "--format", "csv"],
        ["compare", "k3", "k5", "--format", "json"],
        ["compare", "k3", "k5", "--format", "markdown"],
        ["check", "k3", "--no-holes", "--format", "json", "--no-config"],
        ["check", "k3d2", "--no-holes", "--format", "github", "--no-config"],
    ],
    ids=" ".join,
)
def test_what_is_no_table_needs_no_terminal(arguments):
    assert not loaded(*arguments, heavy={"rich", "xml.etree", "tomllib"})


def test_an_analysis_never_imports_a_figure_library():
    assert not loaded("analyze", "examples/deeplab.yaml") - {"numpy"}


def test_the_library_is_imported_lazily():
    code = "import sys, rfcalc; print(*({'numpy', 'yaml', 'rich', 'typer'} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""


def test_the_public_names_are_what_they_say():
    """Importing the rooms behind them leaves the public functions what they are."""
    code = """
import rfcalc
network = rfcalc.load("k3,k3d2", input=(9, 9))
rfcalc.analyze(network)
import rfcalc.loading, rfcalc.path_counts, rfcalc.verification.run
assert rfcalc.paths(network, at=(4, 4)).total == 81
assert rfcalc.mask(network, at=(4, 4)).cells == 49
assert rfcalc.verify(network).ok
assert rfcalc.load("k5").dims == 2
assert rfcalc.hdc_check([1, 2, 5], kernel=3).ok
assert all(getattr(rfcalc, name) for name in rfcalc.__all__) and "paths" in dir(rfcalc)
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
    import rfcalc

    assert rfcalc.load is load
    assert set(dir(rfcalc)) == set(rfcalc.__all__)
    with pytest.raises(AttributeError, match="nothing"):
        _ = rfcalc.nothing
