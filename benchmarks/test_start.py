"""How long do commands take to start, and small questions to be answered?"""

from importlib.util import find_spec
from pathlib import Path

import pytest

from benchmarks.sides import process
from rfcalc.cli import COMMANDS

BARE = process("-c", "import typer; typer.Typer()")
LIBRARIES = process("-c", "import typer, yaml, msgspec")
SMALLEST = """
import typer

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


@app.command()
def command(schedule: list[str], kernel: str = typer.Option("3", "--kernel")) -> None:
    typer.echo(kernel)


app()
"""
EMPTY = (
    "from matplotlib.figure import Figure; import sys; Figure().savefig(sys.argv[1], format='png')"
)


@pytest.mark.parametrize("command", COMMANDS)
def test_start(rows, command: str) -> None:
    rows.ratio(
        process("-m", "rfcalc", command, "--help"),
        BARE,
        rounds=4,
        title=f"`rfcalc {command} --help`, over an interpreter that imports typer",
    )


def test_hdc_check_over_typer(rows) -> None:
    """`rfcalc hdc-check 1,2,5`, over an interpreter that imports typer."""
    rows.ratio(process("-m", "rfcalc", "hdc-check", "1,2,5"), BARE, "at most 1.3")


def test_analyze_over_typer(rows) -> None:
    """`rfcalc analyze zoo:unet`, over an interpreter that imports typer."""
    rows.ratio(process("-m", "rfcalc", "analyze", "zoo:unet"), BARE, "at most 1.5")


def test_floor(rows) -> None:
    """A typer command of one argument and one option, over an interpreter that imports typer."""
    rows.ratio(process("-c", SMALLEST, "1,2,5"), BARE)


def test_libraries(rows) -> None:
    """Importing typer, yaml and msgspec, over an interpreter that imports typer."""
    rows.ratio(LIBRARIES, BARE)


def test_tile_verify(rows) -> None:
    """`rfcalc tile k3,k3s2,k3d2 --input 1024,1024 --tile 128`, with `--verify` over without."""
    words = ("-m", "rfcalc", "tile", "k3,k3s2,k3d2", "--input", "1024,1024", "--tile", "128")
    rows.ratio(process(*words, "--verify"), process(*words), rounds=3)


def test_zoo(rows) -> None:
    """`rfcalc zoo`, over an interpreter that imports typer."""
    rows.ratio(process("-m", "rfcalc", "zoo"), BARE)


def test_fix(rows) -> None:
    """`rfcalc fix k3,k3s2,k3d2,k3d4,k3d2`, over `rfcalc analyze` of the same."""
    words = ("-m", "rfcalc", "fix", "k3,k3s2,k3d2,k3d4,k3d2")
    rows.ratio(process(*words), process("-m", "rfcalc", "analyze", words[3]), rounds=4)


def test_factory(rows) -> None:
    """`rfcalc analyze torch.nn:Conv2d --input 1,3,64,64`, over importing typer and torch."""
    if find_spec("torch") is None:
        pytest.skip("torch is missing")
    kwargs = '{"in_channels": 3, "out_channels": 4, "kernel_size": 3}'
    words = ("torch.nn:Conv2d", "--input", "1,3,64,64", "--kwargs", kwargs)
    bare = process("-c", "import typer, torch")
    rows.ratio(process("-m", "rfcalc", "analyze", *words), bare, rounds=3)


def test_analyze(rows) -> None:
    """`rfcalc analyze examples/resnet152.yaml`, over importing its libraries alone."""
    words = ("-m", "rfcalc", "analyze", "examples/resnet152.yaml")
    rows.ratio(process(*words), LIBRARIES, "at most 2.5")


def test_hdc_check(rows) -> None:
    """`rfcalc hdc-check 1,2,5`, over `rfcalc --help`."""
    words = ("-m", "rfcalc", "hdc-check", "1,2,5")
    rows.ratio(process(*words), process("-m", "rfcalc", "--help"), "at most 2")


def test_design(rows) -> None:
    """`rfcalc design --layers 6 --rf 200` (an impossible wish), over `rfcalc --help`."""
    words = ("-m", "rfcalc", "design", "--layers", "6", "--rf", "200")
    rows.ratio(process(*words, status=1), process("-m", "rfcalc", "--help"), "at most 2")


def test_heatmap(rows, tmp_path: Path) -> None:
    """`rfcalc heatmap` of ResNet-152, 1451 x 1451 cells, over matplotlib's empty figure."""
    image = str(tmp_path / "a.png")
    words = ("-m", "rfcalc", "heatmap", "examples/resnet152.yaml", "-o", image, "-q")
    rows.ratio(process(*words), process("-c", EMPTY, image), rounds=4)


def test_page(rows, tmp_path: Path) -> None:
    """`rfcalc report` of ResNet-152 as a page below 1 MB, over importing libraries alone."""
    page = tmp_path / "a.html"
    words = ("-m", "rfcalc", "report", "examples/resnet152.yaml", "-o", str(page), "-q")
    rows.ratio(process(*words), LIBRARIES, rounds=4)
    assert page.stat().st_size < 1_000_000
