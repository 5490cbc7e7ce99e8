"""The command writes a line for each network, goes on where it ended, and refuses bad usage."""

import json
import os
import signal
import subprocess
import sys
import time
from io import FileIO
from pathlib import Path

import msgspec
import pytest

from rfcalc.architectures import zoo_names
from rfcalc.loading import load
from rfcalc.report import analyze
from rfcalc.scanning import Line, opened
from tests.cli.conftest import run
from tests.cli.processes import ROOT, UNMEASURED, on_terminal

__all__ = ["run"]


def test_a_line_says_what_the_analysis_says(tmp_path, run, rows):
    names = zoo_names()[::9]
    listing = tmp_path / "nets.txt"
    listing.write_text("".join(f"zoo:{name}\n" for name in names))
    out = tmp_path / "out.jsonl"
    status, _, err = run("scan", listing, "-o", out, "--jobs", 2)
    assert (status, err) == (0, f"wrote {out}\n")
    found = rows(out)
    assert set(found) == {f"zoo:{name}" for name in names}
    for path, row in found.items():
        report = analyze(load(path))
        said = report.output
        assert row["rf"] == (None if said.rf is None else list(said.rf))
        assert row["jump"] == [None if j is None else float(j) for j in said.jump]
        assert row["nodes"] == len(report.network.nodes)
        assert row["gridded"] == report.gridded
        whole = "exact" if said.unbounded is None else "unbounded"
        assert row["status"] == ("assumed" if report.assumed else whole)


def test_bad_files_cost_a_line_each(folder, tmp_path, run, rows):
    (folder / "typo.yaml").write_text("layers:\n  - {kernel: 3}\n  - {op: convv}\n")
    (folder / "text.onnx").write_text("no model")
    (folder / "gone.yaml").symlink_to(folder / "nowhere.yaml")
    odd = os.path.join(os.fsencode(folder), b"caf\xe9.yaml")
    Path(os.fsdecode(odd)).write_text("layers:\n  - {kernel: 5}\n")
    out = tmp_path / "out.jsonl"
    status, shown, err = run("scan", folder, "-o", out, "--jobs", 2, "--format", "json")
    assert (status, err) == (0, f"wrote {out}\n")
    found = {os.path.basename(path): row for path, row in rows(out).items()}
    assert [found[f"{n}.yaml"]["rf"] for n in range(1, 7)] == [[2 * n + 3] * 2 for n in range(1, 7)]
    assert (found["typo.yaml"]["status"], found["typo.yaml"]["code"]) == ("refused", "RF103")
    assert "line 3" in found["typo.yaml"]["message"]
    assert (found["text.onnx"]["status"], found["text.onnx"]["code"]) == ("refused", "RF504")
    assert (found["gone.yaml"]["status"], found["gone.yaml"]["code"]) == ("refused", "RF112")
    assert found["caf\\xe9.yaml"]["rf"] == [5, 5]
    told = json.loads(shown)["statuses"]
    assert (told["exact"], told["refused"], told["crashed"]) == (7, 3, 0)


def test_a_second_run_goes_on_and_mends_a_torn_line(folder, tmp_path, run, rows):
    out = tmp_path / "out.jsonl"
    assert run("scan", folder, "-o", out, "--jobs", 1)[0] == 0
    whole = out.read_text().splitlines(keepends=True)
    kept = whole[0].replace('"nodes":3', '"nodes":77')
    out.write_text(kept + whole[1] + whole[2][:30])
    status, shown, _ = run("scan", folder, "-o", out, "--jobs", 1)
    assert status == 0
    assert len(rows(out)) == 6
    assert out.read_text().startswith(kept + whole[1])
    assert "2 of them from before" in shown


@pytest.mark.parametrize(
    "text", ["layers: []\n", '{"path": 3}\n', "precious", '{"a":1}', '{"path":"/bin"}']
)
def test_a_file_that_holds_something_else_is_left_alone(folder, tmp_path, run, text):
    out = tmp_path / "out.jsonl"
    out.write_text(text)
    status, _, err = run("scan", folder, "-o", out)
    assert (status, err[:6], out.read_text()) == (2, "RF407 ", text)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--jobs", 0], "RF406"),
        (["--timeout", 0], "RF406"),
        (["--memory", -1], "RF406"),
        (["--input", "0,3"], "RF406"),
        (["--jobs", 2, "--dask", "tcp://127.0.0.1:1"], "RF406"),
        (["--dask", "no address"], "RF406"),
    ],
)
def test_bad_usage_is_refused_before_the_work(folder, tmp_path, run, arguments, code):
    out = tmp_path / "out.jsonl"
    status, _, err = run("scan", folder, "-o", out, *arguments)
    assert (status, err[:5]) == (2, code)
    assert not out.exists() or out.read_text() == ""


def test_an_output_that_cannot_be_written_is_refused_before_the_work(folder, tmp_path, run):
    for out in (tmp_path / "no" / "out.jsonl", tmp_path, "/dev/null"):
        status, _, err = run("scan", folder, "-o", out)
        assert (status, err[:6]) == (2, "RF407 ")


def test_a_folder_that_does_not_open_is_told_and_the_others_are_scanned(
    folder, closed, tmp_path, run, rows
):
    (folder / "compose.yml").write_text("services: {}\n")
    out = tmp_path / "out.jsonl"
    status, shown, err = run("scan", folder, "-o", out, "--jobs", 1)
    told = f"RF112 {closed} cannot be opened: Permission denied\nwrote {out}\n"
    assert (status, err) == (2, told)
    assert len(rows(out)) == 6
    assert "6 lines in" in shown
    assert "1 file left out as no network" in shown
    status, shown, _ = run("scan", folder, "-o", out, "--jobs", 1)
    assert status == 2
    assert "6 of them from before; 1 file" in shown


def test_a_limit_of_memory_needs_psutil_and_nothing_else_does(folder, tmp_path, run, monkeypatch):
    monkeypatch.setitem(sys.modules, "psutil", None)
    out = tmp_path / "out.jsonl"
    status, _, err = run("scan", folder, "-o", out, "--memory", 99)
    assert (status, err[:6], out.exists()) == (2, "RF505 ", False)
    assert 'pip install "rfcalc[scan]"' in err
    for given, told in (((), "memory is not limited: that needs psutil"), (("--memory", 0), "")):
        status, _, err = run("scan", folder, "-o", out, "--jobs", 1, *given)
        assert (status, err.startswith(told), "psutil" in err) == (0, True, bool(told))


def test_a_torn_line_that_cannot_be_taken_away_is_told(folder, tmp_path, run, monkeypatch):
    class Kept(FileIO):
        def truncate(self, size=None):
            raise OSError(30, "Read-only file system")

    out = tmp_path / "out.jsonl"
    out.write_text('{"path":"a')
    monkeypatch.setattr("rfcalc.scanning.results.FileIO", Kept)
    status, _, err = run("scan", folder, "-o", out)
    assert (status, err[:6]) == (2, "RF407 ")
    assert "cannot be used: Read-only file system" in err
    assert out.read_text() == '{"path":"a'


@pytest.mark.parametrize("most", [0, 60, 500])
def test_a_full_disk_is_told_by_the_name_of_the_results(
    folder, tmp_path, run, rows, monkeypatch, most
):
    """And nothing of a line is left where it was cut; room made, a second run goes on."""

    class Full(FileIO):
        def write(self, data):
            room = most - out.stat().st_size
            if room <= 0:
                raise OSError(28, "No space left on device")
            return super().write(data[:room])

    out = tmp_path / "out.jsonl"
    with monkeypatch.context() as patched:
        patched.setattr("rfcalc.scanning.results.FileIO", Full)
        status, _, err = run("scan", folder, "-o", out, "--jobs", 1)
    assert (status, err[:6]) == (2, "RF407 ")
    assert f"'{out}' cannot be written: No space left on device" in err
    assert len(rows(out)) < 6
    assert run("scan", folder, "-o", out, "--jobs", 1)[0] == 0
    assert len(rows(out)) == 6


def test_results_that_fail_to_be_closed_are_told(folder, tmp_path, run, monkeypatch):
    class Remote(FileIO):
        def close(self):
            super().close()
            raise OSError(122, "Disk quota exceeded")

    monkeypatch.setattr("rfcalc.scanning.results.FileIO", Remote)
    status, _, err = run("scan", folder, "-o", tmp_path / "out.jsonl", "--jobs", 1)
    assert (status, "out.jsonl' cannot be written: Disk quota exceeded" in err) == (2, True)


def test_two_scans_do_not_write_to_one_file(folder, tmp_path, run):
    out = tmp_path / "out.jsonl"
    with opened(str(out)):
        status, _, err = run("scan", folder, "-o", out, "--jobs", 1)
        assert (status, err[:6], out.read_text()) == (2, "RF407 ", "")
        assert f"another scan is writing to '{out}'" in err
    assert run("scan", folder, "-o", out, "--jobs", 1)[0] == 0


def test_a_file_system_without_locks_is_written_to(folder, tmp_path, run, rows, monkeypatch):
    fcntl = pytest.importorskip("fcntl")

    def lacking(*_):
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(fcntl, "flock", lacking)
    assert run("scan", folder, "-o", tmp_path / "out.jsonl", "--jobs", 1)[0] == 0
    assert len(rows(tmp_path / "out.jsonl")) == 6


def test_a_line_that_was_cut_anywhere_is_mended(folder, tmp_path, run):
    """Each beginning of a line is taken for one; a whole value is another's file."""
    line = Line(path='n "1" \\.yaml', status="refused", code="RF103", message="why", seconds=0.1)
    text = msgspec.json.encode(line)
    out = tmp_path / "out.jsonl"
    for cut in range(len(text) + 1):
        out.write_bytes(text[:cut])
        with opened(str(out)):
            assert out.read_bytes() == b""


def test_a_missing_dask_is_told_with_its_line(folder, tmp_path, run, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    status, _, err = run("scan", folder, "-o", tmp_path / "o.jsonl", "--dask", "tcp://x:8786")
    assert (status, err[:6]) == (2, "RF505 ")
    assert 'pip install "rfcalc[dask]"' in err


@pytest.mark.skipif(not os.path.exists("/proc/self/task"), reason="children are listed there")
def test_ctrl_c_leaves_whole_lines_and_no_process(tmp_path, rows):
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(3000):
        (folder / f"{number}.yaml").write_text("layers:\n  - {kernel: 3}\n")
    out = tmp_path / "out.jsonl"
    command = [sys.executable, "-m", "rfcalc", "scan", folder, "-o", out, "--jobs", "2"]
    scan = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=UNMEASURED
    )
    end = time.monotonic() + 60
    while not out.exists() or out.stat().st_size < 1000:
        assert time.monotonic() < end
        time.sleep(0.01)
    tasks = Path(f"/proc/{scan.pid}/task").glob("*/children")
    children = [int(pid) for task in tasks for pid in task.read_text().split()]
    scan.send_signal(signal.SIGINT)
    _, err = scan.communicate(timeout=30)
    assert (scan.returncode, err) == (130, "")
    assert children
    assert 0 < len(rows(out)) < 3000
    for pid in children:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


@pytest.mark.skipif(not os.path.exists("/proc/self/task"), reason="children are listed there")
def test_ctrl_c_ends_a_model_that_hangs(tmp_path, rows):
    pytest.importorskip("torch")
    (tmp_path / "nets_that_hang.py").write_text(
        "import time\n\n\ndef hang():\n    open('begun', 'w').close()\n    time.sleep(1000)\n"
    )
    (tmp_path / "list.txt").write_text("k3,k3d2\nnets_that_hang:hang --input 1,3,9,9\n")
    command = [sys.executable, "-m", "rfcalc", "scan", "list.txt", "-o", "out.jsonl", "-j", "1"]
    scan = subprocess.Popen(
        command,
        cwd=tmp_path,
        env=UNMEASURED | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    end = time.monotonic() + 60
    while not (tmp_path / "begun").exists():
        assert time.monotonic() < end
        time.sleep(0.01)
    tasks = Path(f"/proc/{scan.pid}/task").glob("*/children")
    children = [int(pid) for task in tasks for pid in task.read_text().split()]
    scan.send_signal(signal.SIGINT)
    _, err = scan.communicate(timeout=30)
    assert (scan.returncode, err) == (130, "")
    assert list(rows(tmp_path / "out.jsonl")) == ["k3,k3d2"]
    assert children
    for pid in children:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


@pytest.mark.parametrize("columns", [80, 160])
def test_the_summary_fits_the_terminal(folder, tmp_path, columns):
    (folder / "typo.yaml").write_text("layers:\n  - {kernel: 3}\n  - {op: convv}\n")
    shown = on_terminal(columns, "scan", folder, "-o", tmp_path / "o.jsonl", "--jobs", 1)
    summary = shown[shown.rindex("status") :].splitlines()
    # A dilation of 4 and more is not filled by the three cells of the layer after it.
    assert summary[1].split() == ["exact", "6", "85.7%", "3"]
    assert summary[2].split() == ["refused", "1", "14.3%", "0"]
    assert any(line.startswith("RF103") for line in summary)
