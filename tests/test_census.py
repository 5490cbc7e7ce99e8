"""Is the census counted from its rows alone, and is every row kept as the scan told it?"""

from pathlib import Path

import pytest

from benchmarks.census.checking import drawn
from benchmarks.census.models import Model
from benchmarks.census.page import page
from benchmarks.census.rows import read_rows, row_of, write_rows
from rfcalc.scanning import Item
from rfcalc.scanning.answer import answer

HEAD = {"rfcalc": "1", "date": "2026-01-01", "packages": {"torch": "2"}}
NETS = {
    "zoo:espnet": ("exact", "inside"),
    "zoo:unet": ("exact", ""),
    "zoo:efficientnet-b0": ("unbounded", ""),
    "zoo:deeplabv3-multigrid": ("unbounded", None),
    "zoo:nosuch": ("refused", ""),
}


@pytest.fixture(scope="module")
def rows():
    found = []
    for net in NETS:
        model = Model("zoo", net[4:], "published", net[4:], net)
        line = answer(Item(path=model.line, net=net, folder=str(Path.cwd())))
        found.append(row_of(model, line, "held" if net == "zoo:unet" else ""))
    return found


def test_a_row_keeps_what_the_line_says(rows):
    for row, (status, holes) in zip(rows, NETS.values(), strict=True):
        assert row.status == status
        assert row.command == f"rfcalc analyze zoo:{row.name}"
        if holes is not None:
            assert row.holes == holes
    espnet, unet, efficient, _, lost = rows
    assert (espnet.rf, espnet.largest_hole, espnet.stages > 1) == ((2839, 2839), 15, True)
    assert (unet.rf, unet.input, unet.codes) == ((204, 204), (572, 572), ())
    assert "RG112" in efficient.codes
    assert lost.reason.startswith("RF117")


def test_the_page_is_made_of_the_data_file_alone(rows, tmp_path):
    path = tmp_path / "census.jsonl"
    write_rows(path, HEAD, rows)
    head, again = read_rows(path)
    assert (head, again) == (HEAD, rows)
    text = page(head, again)
    cells = {
        (line.split(" | ")[0].strip("| "), len(line.split(" | "))): line.strip("| ").split(" | ")
        for line in text.splitlines()
        if line.startswith("|")
    }
    read = cells["zoo", 10]
    assert read == ["zoo", "5", "2", "2", "0", "1", "0", "0", "0", "80.0%"]
    titles = next(line for line in text.splitlines() if "field below the input" in line)
    at = [title.strip() for title in titles.strip("|").split("|")]
    counts = dict(zip(at, cells["published", len(at)], strict=True))
    assert counts["models"] == "4"
    below = [
        row
        for row in rows
        if row.rf and any(s is not None and s < n for s, n in zip(row.rf, row.input, strict=True))
    ]
    assert int(counts["field below the input"]) == len(below) > 0
    assert int(counts["inside"]) == sum(row.holes == "inside" for row in rows) > 0
    assert "refused: RF117" in text
    assert "1 held" in text


def test_a_tenth_is_drawn_of_those_with_a_gradient():
    many = [Model("timm", "a", "b", str(n), "p:f", ((1,),), {"name": str(n)}) for n in range(200)]
    many += [Model("zoo", "a", "b", str(n), f"zoo:{n}") for n in range(50)]
    many += [Model("timm", "a", "b", "m", "p:f", ((1,),), {"name": "m", "meta": True})]
    some = drawn(many)
    assert len(some) == 20
    assert all(one.package == "timm" and one.name != "m" for one in some)
    assert some == drawn(many)
