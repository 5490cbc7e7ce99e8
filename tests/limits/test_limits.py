"""Does every limit let pass what is just within it, and refuse what is just beyond, in time?"""

import re
import struct
import subprocess
import sys
import time
import zlib
from fractions import Fraction

import pytest

from rfcalc.arrays import export
from rfcalc.cells import Cells
from rfcalc.codes import CODES
from rfcalc.energies import energy
from rfcalc.errors import FAULT_LIMIT, LimitExceeded, RfcalcError
from rfcalc.gradients import place_of
from rfcalc.gradients.occlusion import bound_entries
from rfcalc.hdc import hdc_check
from rfcalc.importers.archive import JSON_LIMIT, VALUES_LIMIT
from rfcalc.layers.frame import Slice
from rfcalc.loading import load
from rfcalc.masks.pixels import pixels
from rfcalc.objects import read_objects, scaling
from rfcalc.objects.files import bytes_of
from rfcalc.path_counts import paths
from rfcalc.plots.overlay import picture_size
from rfcalc.repair import reached
from rfcalc.spec import read_inline, read_text
from rfcalc.spec.expressions import ExpressionFault, evaluate
from rfcalc.taps import Taps
from rfcalc.tiling.grids import grids
from rfcalc.tiling.halo import halo
from rfcalc.tiling.plan import planned
from rfcalc.tiling.proof import check_cells
from rfcalc.tiling.streams import stream
from rfcalc.verification.fitting import at_size
from tests.cli.processes import ROOT, UNMEASURED
from tests.fuzz.mutation import archived
from tests.limits.__main__ import PAGE, renewed
from tests.limits.table import EFFORTS, INTERNAL, ROWS
from tests.whole import sample

pytestmark = pytest.mark.slow

LIMIT = {row.what: row.value for row in ROWS}


def spec(text):
    return read_text(text, "net.yaml")


def layer(parameter):
    return lambda n: spec(f"layers: [{{kernel: 1, {parameter}: {n}}}]")


def padded(n):
    """A file of so many characters, most of them a remark."""
    return spec("layers: [relu]\n#".ljust(n, "a"))


def on_disk(n, folder):
    path = folder / "net.yaml"
    with path.open("wb") as file:
        file.truncate(n)
    try:
        load(path)
    except RfcalcError as fault:
        # Zeros are no YAML; what matters is whether they were looked at.
        if "larger than" in str(fault):
            raise


def values(n):
    """A file of so many values: those of a list of which nothing is asked, and six around it."""
    return spec(f"$schema: [{'a,' * (n - 6)}]\nlayers: [relu]")


def named(n):
    """A name of so many characters, three of them the turn of the repetition and a dot."""
    inside = "layers: [{kernel: 3, name: b}]"
    return spec(f"layers: [{{repeat: {{name: {'a' * (n - 4)}, times: 1, {inside}}}}}]")


def nested(n):
    """Lists in lists below a key of which nothing is asked; the document is the first level."""
    return spec(f"$schema: {'[' * (n - 1)}a{']' * (n - 1)}\nlayers: [relu]")


def blocks(n):
    inner = "".join(f"  b{i}: {{layers: [b{i + 1}]}}\n" for i in range(n - 1))
    return spec(f"blocks:\n{inner}  b{n - 1}: {{layers: [relu]}}\nlayers: [b0]")


def faults(n):
    """Faults of a file; those beyond the limit are one more, which says so."""
    with pytest.raises(RfcalcError) as caught:
        spec(f"layers: [{', '.join(f'relu{i}x' for i in range(n))}]")
    if caught.value.diagnostics[-1].code == "RF113":
        assert len(caught.value.diagnostics) == FAULT_LIMIT + 1
        raise caught.value


def expression(text):
    evaluated = None
    try:
        evaluated = evaluate(text, {})
    finally:
        if evaluated is None:
            with pytest.raises(RfcalcError):
                spec(f"vars: {{a: {text}}}\nlayers: [relu]")


def phases(n):
    first = "dims: 1\nlayers: [{pixel_shuffle: {factor: 4096}}, {kernel: 3}"
    rest = "" if n == 4096 else ", {pixel_shuffle: {factor: 2}}, {kernel: 3}"
    from rfcalc.interior import growth

    return growth(spec(f"{first}{rest}]"))


def holes(n):
    """Two neighbours at one end of a span, and a cell at the other."""
    return Cells(0, 2) | Cells(n - 1, 1)


def stored(n):
    """Thirty-two outputs in turn, each reading two neighbours that reach far with holes."""
    far = Taps(1, (Cells(0, 2) | Cells(-(-n // 32) - 2, 1),))
    return Taps(32, tuple(Cells(i, 2) for i in range(32))) @ far


def picture(n, folder):
    """A PNG that says it has so many pixels; none of them is there."""
    head = struct.pack(">IIBBBBB", n // (1 << 13), 1 << 13, 8, 2, 0, 0, 0)
    if n % (1 << 13):
        head = struct.pack(">IIBBBBB", n, 1, 8, 2, 0, 0, 0)
    found = b"\x89PNG\r\n\x1a\n"
    for kind, data in ((b"IHDR", head), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")):
        sum = zlib.crc32(kind + data)
        found += struct.pack(">I", len(data)) + kind + data + struct.pack(">I", sum)
    (folder / "a.png").write_bytes(found)
    return picture_size(folder / "a.png")


def tiles(n):
    """Tiles of one cell: so many by 512 that they are as many as may be, or a row more."""
    network = read_inline("k1", (512, 512 + n - LIMIT["tiles of a plan"]))
    moving = grids(network, None)
    return planned(moving, halo(moving), (1, 1))


def graph_of(text, folder, beyond):
    """A graph that is none, refused for that or because it is beyond a limit."""
    path = folder / "a.pt2"
    path.write_bytes(archived(text, "m/models/model.json", packed=True))
    assert path.stat().st_size < len(text) // 900
    with pytest.raises(RfcalcError) as caught:
        load(path)
    if beyond in str(caught.value):
        raise caught.value
    assert "is not one that rfcalc knows" in str(caught.value)


def unpacked(n, folder):
    """A graph that unpacks to so many bytes, mostly blanks: forty thousandth on disk."""
    graph_of(b"{}".ljust(n), folder, "larger than")


def separated(n, folder):
    """A graph of so many brackets and commas."""
    graph_of(b"[" + b"1," * (n - 1) + b"1]", folder, "more than")


def contents(n, folder):
    """An archive that says its table of contents has so many bytes."""
    path = folder / "a.pt2"
    path.write_bytes(b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, 1, 1, n, 0, 0))
    with pytest.raises(RfcalcError) as caught:
        load(path)
    if "table of contents" in str(caught.value):
        raise caught.value


def written(n):
    """A mask of so many cells as text."""
    network = spec(f"dims: 1\ninput: {n}\nlayers: [{{kernel: 3}}]")
    return export(network, at=(5,)).encoded(".csv")


def sums(answer, what):
    """Windows: as many phases as cells, and one cell more or less in a kernel."""

    def reached(n):
        network = spec("dims: 1\nlayers: [{kernel: 1024}, {window_attention: {window: 1024}}]")
        if n == LIMIT[f"sums of lines, {what} along one axis of a layer"]:
            return answer(network, source="conv1")
        return answer(spec("dims: 1\nlayers: [{window_attention: {window: 1025}}, {kernel: 2048}]"))

    return reached


def together(n):
    """Layers of so many cells together; none of them is too large by itself."""
    layers = "  - {kernel: 1}\n" * 31
    rest = n - 32 * (1 << 20)
    more = f"  - {{crop: {{before: {(1 << 20) - rest}}}}}\n" if rest else ""
    network = spec(f"dims: 1\ninput: {1 << 20}\nlayers:\n{layers}{more}")
    return at_size(network, None, None)


def label_file(n, folder):
    path = folder / "labels.json"
    with path.open("wb") as file:
        file.truncate(n)
    return bytes_of(path)


def label_line(n, folder):
    path = folder / "labels.csv"
    path.write_text(f"size\n{'1'.rjust(n)}\n")
    return read_objects(path, scaling(2), 2)


CASES = {
    "network file": padded,
    "network file on disk": on_disk,
    "values of a network file; aliases, repetitions and blocks count each time": values,
    "layers of a network file or a chain, unfolded": lambda n: read_inline(
        ",".join(["k1"] * (n - 1))
    ),
    "`times` of one `repeat`": lambda n: spec(
        f"layers: [relu, {{repeat: {{times: {n}, layers: []}}}}]"
    ),
    "nesting of a network file": nested,
    "nesting of blocks in blocks": blocks,
    "name of a layer, with those of its blocks": named,
    "variables and parameters that one layer may use": lambda n: spec(
        f"vars: {{{', '.join(f'a{i}: 1' for i in range(n))}}}\nlayers: [relu]"
    ),
    "an expression": lambda n: expression(("1" + "+1" * ((n - 1) // 2)).ljust(n)),
    "value of an expression": lambda n: expression(f"{n} + 0"),
    "lines that begin with `%`": lambda n: spec(
        "".join(f"%TAG !a{i}! b:\n" for i in range(n)) + "---\n- relu\n"
    ),
    "faults reported of one network": lambda n: faults(n - 1),
    "kernel": lambda n: spec(f"layers: [{{kernel: {n}}}]"),
    "stride": layer("stride"),
    "dilation": layer("dilation"),
    "padding": layer("padding"),
    "input": lambda n: spec(f"input: [{n}, 1]\nlayers: [{{kernel: 1}}]"),
    "a size or a jump, as a number": lambda n: read_inline(",".join(["k1s2"] * (n - 1))),
    "phases of an upsampled output": phases,
    "bits of a mask with holes; equally spaced cells need none": holes,
    "cells of masks with holes, all phases of an output": stored,
    "an array: a mask, a picture's data": lambda n: pixels((n, 1)),
    "path counts, words of all cells": lambda n: paths(
        spec(f"dims: 1\ninput: {n}\nlayers: [{{kernel: 3}}]"), at=(5,)
    ),
    "sums of lines, path counts along one axis of a layer": sums(paths, "path counts"),
    "expected effective field, once it is no product of lines": lambda n: energy(
        spec(f"dims: 1\ninput: {n}\nlayers: [{{kernel: 3}}]"), at=(5,)
    ).array(),
    "sums of lines, expected effective field along one axis of a layer": sums(
        energy, "expected effective field"
    ),
    "field that `erf` measures": lambda n: place_of(
        spec(f"dims: 1\ninput: {n}\nlayers: [global_pool]"), 1, 0
    ),
    "entries that `erf` changes one by one in an ONNX model": lambda n: bound_entries(n, "conv1"),
    "an array that is written as text": written,
    "a layer that `verify` runs": lambda n: at_size(read_inline("k1,k1", (4, 4)), (n, 1), None),
    "all layers that `verify` runs": together,
    "a layer that `tile --verify` runs": lambda n: check_cells(
        grids(spec(f"dims: 1\ninput: {n}\nlayers: [{{kernel: 3, padding: 1}}]"), None)
    ),
    "`--frame` of a stream": lambda n: stream(read_inline("k3s2,k3d2"), frame=n, axis=0),
    "picture given to `--overlay`": picture,
    "tiles of a plan": tiles,
    "schedule given to `hdc-check`": lambda n: hdc_check([1] * n),
    "graph in a `.pt2` or `.keras` archive, unpacked": unpacked,
    "values of such a graph": separated,
    "table of contents of such an archive": contents,
    "label file, or all of a folder, each counted as 512 bytes at the least": label_file,
    "line of a label file": label_line,
    "sizes that are typed": lambda n: read_objects([1] * n, scaling(2), 2),
}
"""What reaches each limit at its value, and passes it at one more."""


def beyond(row, call):
    """The code of the refusal of what is beyond a limit."""
    with pytest.raises((RfcalcError, LimitExceeded, ExpressionFault)) as caught:
        call()
    if isinstance(caught.value, RfcalcError):
        return caught.value.diagnostics[-1].code
    return "RF305" if isinstance(caught.value, LimitExceeded) else "RF110"


FIXED = [row for row in ROWS if not row.flag]


@pytest.mark.parametrize("row", FIXED, ids=lambda row: row.what)
def test_a_limit_is_reached_from_both_sides_in_bounded_time(row, tmp_path):
    case = CASES[row.what]
    if case.__code__.co_argcount == 2:
        case = lambda n, inner=case: inner(n, tmp_path)  # noqa: E731
    begun = time.process_time()
    case(row.value)
    assert beyond(row, lambda: case(row.value + 1)) == row.code
    assert time.process_time() - begun < 30
    assert row.code in CODES


def test_every_row_has_a_case_and_every_case_a_row():
    assert list(CASES) == [row.what for row in FIXED]
    assert list(SET) == [row.what for row in ROWS if row.flag]


def test_the_page_shows_the_limits_of_the_code():
    text = PAGE.read_text(encoding="utf-8")
    assert renewed(text) == text
    assert all(f"`{row.code}`" in text for row in ROWS)


def test_every_limit_of_the_code_is_told_or_bounds_an_effort():
    """A new limit has a row of its own, or its room says what is bounded there."""
    told = {row.place for row in (*ROWS, *EFFORTS)}
    for path in sorted((ROOT / "rfcalc").rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        text = path.read_text(encoding="utf-8")
        for name in re.findall(r"^(_?[A-Z_]*LIMITS?) = ", text, re.MULTILINE):
            bounded = any(f"{module}.".startswith(f"{room}.") for room in INTERNAL)
            assert f"{module}:{name}" in told or bounded, f"{module}:{name} has no row"


def ways(text, wanted, kind, monkeypatch):
    """What `fix --rf` says, whether in this kind, and how many texts it read for kernels."""
    read = []
    reader = "rfcalc.repair.kernels.read_text"
    monkeypatch.setattr(reader, lambda *given: read.append(given) or read_text(*given))
    found = reached(text, "net.yaml", wanted)
    return found, any(one.kind == kind for one in found.repairs), len(read)


def strided(n, monkeypatch):
    """Every doubled stride before the last layer of 33 taps doubles what it adds to the field."""
    text = "dims: 1\nlayers:\n" + "- {kernel: 2}\n" * n + "- {kernel: 1025, dilation: 2-1}\n"
    found, some, _ = ways(text, (1 << 10) * (1 << n), "strides", monkeypatch)
    return found, some


def grown(n, monkeypatch):
    """Two kernels of n - 1 may be grown by n steps together; beyond, ways are gone through."""
    even = n + n % 2
    text = f"dims: 1\nlayers: [{{kernel: {even - 1}}}, {{kernel: {even - 1}}}]"
    found, some, read = ways(text, 2 * even + 1, "kernels", monkeypatch)
    # Three more tell whether kernels that grow together add up.
    return found, some and read == n + 3


def written_in(n, monkeypatch):
    """Two taps reach as far as what is before them, at the most."""
    text = f"dims: 1\nlayers: [{{kernel: {n}, dilation: 2-1}}, {{kernel: 2}}]"
    found, some, _ = ways(text, 2 * n, "dilations", monkeypatch)
    return found, some


BOUNDED = dict(zip([row.what for row in EFFORTS], [strided, grown, written_in], strict=True))


@pytest.mark.parametrize("row", EFFORTS, ids=lambda row: row.what)
def test_what_is_looked_for_up_to_a_bound_is_found_there_and_not_beyond(row, monkeypatch):
    found, within = BOUNDED[row.what](row.value, monkeypatch)
    assert within, found.reason
    found, within = BOUNDED[row.what](row.value + 1, monkeypatch)
    assert not within
    assert not found.proven or found.change <= 1


def test_a_chain_has_the_limits_of_the_parameters():
    for letter, op in (("s", "stride"), ("d", "dilation"), ("p", "padding")):
        most = LIMIT[op]
        read_inline(f"k1{letter}{most}")
        with pytest.raises(RfcalcError, match="RF105"):
            read_inline(f"k1{letter}{most + 1}")
    with pytest.raises(RfcalcError, match="RF105"):
        read_inline(f"k{LIMIT['kernel'] + 1}")


def test_a_slice_may_have_more_cells_than_the_machine_counts():
    many = Slice(start=(0,), step=(5,))
    for n in (1, 4, 5, 6, 11):
        assert many.size(n, 0) == len(range(0, n, 5))
        assert Slice(start=(-3,)).size(n, 0) == len(range(n)[-3:])
    assert many.size(9 * 61**12, 0) == -(-9 * 61**12 // 5)


@pytest.mark.parametrize("n", [5_000, (1 << 31) - 1])
def test_a_ratio_that_no_scale_has_gives_no_tiles(n):
    layers = "[{op: upsample, size: 7}, {op: pixel_shuffle, factor: 3}]"
    network = spec(f"input: [100, {n}]\nlayers: {layers}")
    with pytest.raises(RfcalcError, match=r"RF463 .* goes by the size of its input"):
        grids(network, None)
    assert grids(spec(f"input: [100, 4096]\nlayers: {layers}"), None).jump[1] == Fraction(4096, 21)


SLOW = "verify zoo:resnet50 --input 64,64 --positions 1000"
SET = {
    "time of a command": ("--timeout 60 analyze k3", f"--timeout 0.5 {SLOW}"),
    "time of one network of `scan`": (
        "scan nets -o out.jsonl --timeout 60",
        "scan nets -o out.jsonl --timeout 0.001",
    ),
    "memory of one network of `scan`": (
        "scan nets -o out.jsonl --memory 900",
        "scan nets -o out.jsonl --memory 10",
    ),
    "window of a tile": (
        "tile k3,k3d2 --input 60,60 --max-pixels 900",
        "tile k3,k3d2 --input 60,60 --max-pixels 1",
    ),
}
"""A command within each limit that the user sets, and one beyond it."""


@pytest.mark.parametrize("row", [row for row in ROWS if row.flag], ids=lambda row: row.what)
def test_a_limit_that_the_user_sets_is_kept(row, tmp_path):
    (tmp_path / "nets").mkdir()
    layers = "  - {kernel: 3, dilation: 2}\n" * 20_000
    (tmp_path / "nets" / "long.yaml").write_text(f"layers:\n{layers}")
    for line, kept in zip(SET[row.what], (True, False), strict=True):
        assert row.flag in line
        (tmp_path / "out.jsonl").unlink(missing_ok=True)
        found = ran(line.split(), tmp_path)
        told = (tmp_path / "out.jsonl").read_text() if "-o out" in line else found.stderr
        assert (row.code in told) is not kept, told
        assert found.returncode == (0 if kept or row.code.islower() else 2)


BOMBS = {
    "a chain of a million layers": lambda: read_inline(",".join(["k3"] * 1_000_000)),
    "16 million empty lists": lambda: spec(f"layers: [{'[],' * 5_000_000}]"),
    "a million directives": lambda: spec("%TAG !a! b:\n" * 1_000_000 + "---\n[]"),
    "a million merges": lambda: spec(
        f"layers: [{{kernel: 1, name: a}}, {{op: add, from: [{'a,' * 1_000_000}]}}]"
    ),
    "a long name repeated": lambda: spec(
        f"layers: [{{repeat: {{times: 100000, name: {'a' * 100_000}, layers: [relu]}}}}]"
    ),
    "a hundred thousand faults on one long line": lambda: spec(
        f"layers: [{'{kernel: 0},' * 100_000}]"
    ),
    "an unknown op in a repetition": lambda: spec(
        "layers: [{repeat: {times: 100000, layers: [relux]}}]"
    ),
    "names that are nowhere": lambda: spec(
        "layers:\n" + "".join(f"- {{kernel: 3, from: n{i}}}\n" for i in range(20_000))
    ),
}


@pytest.mark.parametrize("bomb", sample(BOMBS, 5))
def test_a_large_hostile_file_is_refused_in_bounded_time(bomb):
    begun = time.process_time()
    with pytest.raises(RfcalcError) as caught:
        BOMBS[bomb]()
    shown = str(caught.value)
    assert time.process_time() - begun < 10
    assert len(shown) < 200_000
    assert len(caught.value.diagnostics) <= FAULT_LIMIT + 1


GREEDY = """
import re, sys
from rfcalc.errors import RfcalcError
from rfcalc.layers.frame import Slice
from rfcalc.loading import load
from rfcalc.spec import read_text
try:
    exec(sys.argv[1])
except RfcalcError as fault:
    print(fault.diagnostics[0].code)
# ru_maxrss would count what the process that started this one held.
print(int(re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read())[1]) // 1024)
"""


DEEP = '{"a":' * 400 + "1" + "}" * 400 + ","


UNITS = [DEEP, "[],", "{},", "1,", "[" * 400 + "]" * 400 + ",", "[[]],"]


@pytest.mark.parametrize("unit", sample(UNITS, 3))
def test_a_graph_at_its_limits_fits_into_a_gigabyte(unit, tmp_path):
    """Nested lists and tables take a hundred bytes and more for a bracket that is written."""
    marks = sum(map(unit.count, "[{,"))
    most = min(VALUES_LIMIT // marks - 1, JSON_LIMIT // len(unit) - 2)
    for path, entry in (("a.keras", "config.json"), ("a.pt2", "m/models/model.json")):
        text = f"[{unit * most}1]".encode()
        (tmp_path / path).write_bytes(archived(text, entry, packed=True))
        assert told(f"load({str(tmp_path / path)!r})") == ("RF504", True)


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["[],", "1,", "{},", "a: b,"])
def test_a_file_of_many_values_fits_into_a_gigabyte(unit):
    count = (1 << 24) // len(unit) - 4
    assert told(f"read_text('- [' + {unit!r} * {count} + ']', 'a')") == ("RF113", True)


def told(statement):
    """The code with which a process of its own ends, and whether it stayed below a gigabyte."""
    found = subprocess.run(
        [sys.executable, "-c", GREEDY, statement],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
        check=True,
    )
    code, megabytes = found.stdout.split()
    return code, int(megabytes) < 1024


def ran(words, folder):
    """What became of a command."""
    return subprocess.run(
        [sys.executable, "-m", "rfcalc", *words],
        env=UNMEASURED | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=60,
        check=False,
    )


def test_a_command_gives_up_when_its_time_is_up(tmp_path):
    begun = time.monotonic()
    found = ran(["--timeout", "0.5", *SLOW.split()], tmp_path)
    assert (found.returncode, found.stdout) == (2, "")
    assert found.stderr.startswith("RF412 the command ran for longer than 0.5 s")
    assert time.monotonic() - begun < 20


def test_a_library_that_catches_everything_does_not_run_on(tmp_path):
    code = """
from rfcalc.cli.patience import allow
from rfcalc.errors import TimeIsUp
allow(0.1)
try:
    while True:
        pass
except BaseException:
    pass
try:
    while True:
        pass
except TimeIsUp:
    print("up again")
"""
    found = subprocess.run(
        [sys.executable, "-c", code], env=UNMEASURED | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert found.stdout == "up again\n"


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "1e30"])
def test_no_time_at_all_is_refused(seconds, tmp_path):
    found = ran(["--timeout", seconds, "analyze", "k3"], tmp_path)
    assert found.returncode == 2
    assert "RF406" in found.stderr
