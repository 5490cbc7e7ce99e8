"""Do exports hold the exact answer, and pictures their format?"""

import json

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from rfcalc.masks import mask
from rfcalc.path_counts import paths
from tests.brute import net
from tests.cli.processes import ROOT

EXAMPLES = ROOT / "examples"


NETWORK = "input: [12, 12]\nlayers: [{kernel: 3, dilation: 2, name: a}, {kernel: 3, dilation: 3}]"


@pytest.mark.parametrize("what", ["mask", "paths"])
@pytest.mark.parametrize("at", [None, "0,5"])
def test_an_export_holds_the_exact_answer(run, tmp_path, what, at):
    path = tmp_path / "net.yaml"
    path.write_text(NETWORK)
    place = None if at is None else tuple(map(int, at.split(",")))
    expected = {"mask": mask, "paths": paths}[what](net(NETWORK), at=place).array()
    option = [] if at is None else ["--at", at]
    out = tmp_path / "m.npy"
    assert run("export", path, "--what", what, *option, "-o", out, "-q") == (0, "", "")
    found = np.load(out)
    assert_array_equal(found, expected)
    assert found.dtype == (bool if what == "mask" else np.int64)
    run("export", path, "--what", what, *option, "-o", tmp_path / "m.npz", "-q")
    with np.load(tmp_path / "m.npz") as archive:
        assert any(
            archive[name].shape == expected.shape and (archive[name] == expected).all()
            for name in archive.files
        )
    run("export", path, "--what", what, *option, "-o", tmp_path / "m.json", "-q")
    assert json.loads((tmp_path / "m.json").read_text())
    run("export", path, "--what", what, *option, "-o", tmp_path / "m.csv", "-q")
    assert (tmp_path / "m.csv").read_text().strip()


def test_counts_beyond_64_bits_are_floats_and_that_is_said(run, tmp_path):
    out = tmp_path / "m.npy"
    status, printed, err = run("export", ",".join(["k3"] * 60), "--what", "paths", "-o", out)
    assert (status, printed) == (0, "")
    assert "float64" in err
    found = np.load(out)
    assert found.dtype == np.float64
    assert found.sum() == pytest.approx(9.0**60, rel=1e-12)


@pytest.mark.parametrize(
    ("suffix", "magic"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")]
)
def test_a_heatmap_is_a_picture_of_its_suffix(run, tmp_path, suffix, magic):
    path = tmp_path / f"m.{suffix}"
    status, out, err = run("heatmap", "k3,k3d2,k3d9", "-o", path)
    assert (status, out) == (0, "")
    assert str(path) in err
    assert path.read_bytes().startswith(magic)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_the_schema_is_a_json_schema_of_what_the_reader_reads(run):
    status, out, _ = run("schema")
    assert status == 0
    found = json.loads(out)
    assert found["$schema"].startswith("https://json-schema.org/")
    from rfcalc.layers import LAYERS

    assert all(f'"{op}"' in out for op in LAYERS)


def test_every_code_is_explained(run):
    from rfcalc.codes import CODES

    for code, entry in CODES.items():
        status, out, _ = run("explain", code)
        assert status == 0
        assert code in out
        assert entry.title in " ".join(out.split())
