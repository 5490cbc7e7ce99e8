"""Are tables whole on terminals, piped and without colour?"""

import csv
import io
import re

import pytest

from tests.cli.processes import ANSI, ROOT, on_terminal, process

pytestmark = pytest.mark.slow

EXAMPLES = ROOT / "examples"


def table(run, network):
    """The layer table as data."""
    rows = list(csv.reader(io.StringIO(run("analyze", network, "--format", "csv")[1])))
    end = next((i for i, row in enumerate(rows) if not row), len(rows))
    return rows[0], rows[1:end]


WIDE = ["examples/resnet50.yaml", "examples/context3d.yaml", "zoo:unet3d", "examples/deeplab.yaml"]


@pytest.mark.parametrize("columns", [80, 160])
@pytest.mark.parametrize("network", WIDE)
def test_a_table_on_a_terminal_has_no_cut_or_wrapped_number(network, columns, run):
    """At any width: whole columns are left out, never a part of a number."""
    head, rows = table(run, network)
    shown_all = on_terminal(columns, "analyze", network, "--all")
    lines = [ANSI.sub("", line) for line in shown_all.splitlines()]
    start = next(i for i, line in enumerate(lines) if line.split()[:1] == ["layer"])
    shown = lines[start].split()
    assert {"layer", "rf"} <= set(shown) <= set(head)
    if columns == 160:
        assert {"layer", "op", "kernel", "size", "rf", "jump", "density"} <= set(shown)
    places = [head.index(name) for name in shown]
    for line, row in zip(lines[start + 1 :], rows, strict=False):
        assert len(line) <= columns
        assert line.split() == [row[place] for place in places]


@pytest.mark.parametrize("columns", [80, 160])
def test_a_verdict_on_a_terminal_fits_its_width(columns):
    lines = on_terminal(columns, "hdc-check", "1,2,5,9,17,33").splitlines()
    assert max(len(ANSI.sub("", line)) for line in lines) <= columns


def test_a_piped_table_is_not_cut(run):
    head, rows = table(run, "zoo:unet3d")
    piped = [line.split() for line in process("analyze", "zoo:unet3d").stdout.splitlines()]
    assert head in piped
    assert all(row in piped for row in rows)
    narrow = process("analyze", "zoo:unet3d", env={"COLUMNS": "40"}).stdout
    assert head in [line.split() for line in narrow.splitlines()]


def colours(text):
    """The colour codes of a text; bold and faint are not colours."""
    codes = [c for found in re.findall(r"\x1b\[([0-9;]*)m", text) for c in found.split(";") if c]
    return [c for c in codes if 30 <= int(c) <= 49 or 90 <= int(c) <= 107]


def test_no_color_is_respected():
    assert colours(on_terminal(80, "hdc-check", "1,2,9"))
    assert not colours(on_terminal(80, "hdc-check", "1,2,9", NO_COLOR="1"))
    assert not colours(on_terminal(80, "analyze", "k3d2,k3d2", NO_COLOR="1"))
    assert "\x1b" not in process("hdc-check", "1,2,9").stdout


def test_a_terminal_without_unicode_gets_ascii():
    result = process("hdc-check", "1,2,9", env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert result.returncode == 1
    assert result.stdout.isascii()
    assert result.stderr == ""


TALL = {
    "hdc-check 1,2,9": "largest hole run\n  value: 2\n",
    "analyze k3d2,k3d2 --measures": "neighbour overlap\n  value: 0.000\n",
    "explain": "RF101\n  meaning: the text does not parse\n",
    "stream zoo:wavenet": "next_sample\n  op: ",
}


@pytest.mark.parametrize(("line", "pair"), TALL.items(), ids=TALL)
def test_where_no_two_columns_fit_the_values_stand_below_their_names(line, pair):
    """A column left out is named; a table of names alone would say nothing."""
    shown = ANSI.sub("", on_terminal(20, *line.split()))
    assert pair in shown
    assert "left out for width: value" not in shown


def test_progress_is_shown_on_a_terminal_with_the_name_as_it_is(tmp_path):
    net = tmp_path / "[red]net[.yaml"
    net.write_text("layers: [{kernel: 3}, {kernel: 3, dilation: 2}]\n")
    shown = ANSI.sub("", on_terminal(120, "verify", net, "--input", "12,12"))
    progress, table = shown.split("conv1", 1)
    assert "[red]net[ " in progress
    assert "100%" in progress
    assert "2 layers agree" in table
    assert "[red]net[ " not in process("verify", net, "--input", "12,12").stderr


def test_a_verdict_that_has_no_head_is_never_left_out():
    """The dilations push `broken` beyond the line: what is left out could not be named."""
    words = ["hdc-check", "4000000,4000001,4000003,4000000"]
    narrow, wide = (ANSI.sub("", on_terminal(columns, *words)) for columns in (80, 160))
    for text in (narrow, wide):
        assert "left out" not in text
        assert (text.count("holds"), text.count("broken")) == (4, 4)
    assert "M'_1 <= 1\n  value: M' = 4000000, 4000000, 4000001, 4000003\n  broken\n" in narrow


def test_the_sizes_that_a_network_takes_fit_beside_the_smallest():
    lines = ANSI.sub("", on_terminal(80, "sizes", "zoo:unet")).splitlines()
    assert lines[1].endswith("  sizes that the network takes")
    assert lines[2].split()[:3] == ["0", "188", "188"]
    assert lines[2].endswith("  multiples of 16 plus 12, from 188")


def test_a_line_that_is_wrapped_goes_on_below_its_own_begin():
    for words in (["analyze", "k3d2,k3d2"], ["ops", "torch", "pool"]):
        piped = process(*words).stdout.splitlines()
        shown = ANSI.sub("", on_terminal(60, *words)).splitlines()
        assert max(map(len, shown)) <= 60
        long = [line for line in piped if len(line) > 60 and ("help:" in line or "," in line)]
        assert long
        for line in long:
            indent = len(line) - len(line.lstrip())
            first = next(n for n, part in enumerate(shown) if part and line.startswith(part))
            whole = shown[first]
            for part in shown[first + 1 :]:
                if len(whole) >= len(line):
                    break
                assert part[:indent].isspace() or not indent
                whole += " " + part[indent:]
            assert whole == line


def test_a_drawing_in_a_file_is_the_same_from_a_terminal_and_a_pipe(tmp_path):
    """A file is no terminal: no colour comes into it, and no drawing depends on the window."""
    lines = ["hdc-check 1,2,9", "analyze k3d2,k3d2 --show", "compare k3d2 k5d3 --all"]
    for number, line in enumerate(lines):
        files = [tmp_path / f"{number}{name}" for name in "abc"]
        on_terminal(60, *line.split(), "-o", files[0])
        process(*line.split(), "-o", files[1])
        process(*line.split(), "-o", files[2], env={"FORCE_COLOR": "1"})
        first, *others = [file.read_text() for file in files]
        assert "\x1b" not in first
        assert others == [first, first]
    assert "\u2588\u2588\u2588" in (tmp_path / "0a").read_text()


def test_a_long_schedule_does_not_widen_every_row_of_its_verdict(run):
    """As many rows as groups, each as wide as the longest list: memory would be quadratic."""
    sizes = [len(run("hdc-check", ",".join(map(str, range(n, 0, -1))))[1]) for n in (400, 1600)]
    assert sizes[1] < 5 * sizes[0]
