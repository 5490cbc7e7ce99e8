"""Is the census counted from its rows alone, and is every row kept as the scan told it?"""

from pathlib import Path

import msgspec
import pytest

from benchmarks.census.checking import NEWS, drawn, places_of
from benchmarks.census.filling import fill
from benchmarks.census.models import Model
from benchmarks.census.page import page
from benchmarks.census.results import add_results, read_results
from benchmarks.census.rows import Row, read_rows, row_of, write_rows
from benchmarks.census.surprises import pictured
from rfcalc.scanning import Item
from rfcalc.scanning.answer import answer

HEAD = {
    "rfcalc": "1",
    "date": "2026-01-01",
    "seed": 3,
    "listed": {"zoo": 20},
    "packages": {"torch": "2"},
}
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
        held = (1, "held") if net == "zoo:unet" else (0, "")
        filled = (0.25490196, "") if net == "zoo:unet" else (None, "")
        found.append(row_of(model._replace(native=line.input), line, held, filled))
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
    assert (unet.field, unet.share) == ((204, 204), 204 / 572)
    assert "RG112" in efficient.codes
    assert (efficient.rf, efficient.field) == ((None, None), efficient.local)
    assert lost.reason.startswith("RF117")


def test_multiply_adds_are_told_for_each_cell_of_the_input():
    row = Row(package="p", family="f", task="t", name="n", line="n", status="exact")
    assert row.per_cell is None
    told = msgspec.structs.replace(row, macs=1200, input=(2, 3), rf=(5, 7), native=(10, 10))
    assert (told.per_cell, told.share, told.field) == (200, 0.5, (5, 7))
    assert msgspec.structs.replace(told, rf=(5, None), local=None).field is None


def test_the_page_is_made_of_the_data_file_alone(rows, tmp_path):
    path = tmp_path / "census.jsonl"
    write_rows(path, HEAD, rows)
    head, again = read_rows(path)
    assert (head, again) == (HEAD, rows)
    text = page(head, again)
    listed, run = _cells(text, "listed")["zoo"], _cells(text, "seed 3")
    assert listed == ["zoo", "20", "5", "2", "2", "0", "1", "0", "0", "0", "80.0%"]
    assert not run
    assert "sample of 5 of the 20 models" in text
    # Half of 5 of 20: 50 / sqrt(5) * sqrt(15 / 20)
    assert "at most 19.4 percentage points" in text
    counts = _cells(text, "dilated stages")["published"]
    titles = next(line for line in text.splitlines() if "| dilated stages" in line)
    at = dict(zip(titles.strip("|").split("|"), counts, strict=True))
    told = {title.strip(): int(n) for title, n in at.items() if title.strip()}
    read = [row for row in rows if row.answered]
    assert told["models"] == len(read) == 4
    assert told["not at its rim alone"] == sum(row.holes == "inside" for row in read) > 0
    assert told["dilated stages"] == sum(row.stages > 0 for row in read) > 0
    ending = [row for row in read if row.ends and row.native]
    below = sum(row.share < 1 for row in ending)
    assert 0 < below < len(read)
    assert f"\n{below} ({below / len(ending):.1%})" in text
    assert "| RF117 |" in text
    assert "- 4 (80.0%) of the models that were run are read, 0 of them under" in text
    assert f"- {told['dilated stages']} (" in text
    assert "- 1 rows agree with the gradient of their model, 0 are refuted by it." in text
    assert _cells(text, "held")["random tenth"][1:] == ["1", "1", "0", "0"]
    assert "- Of 1 drawn at random, 1 (100.0%) have 95 % of the energy" in text
    assert _cells(text, "below 0.25")["published"][1:] == ["1", "0", "1", "0", "0", "0.25"]
    assert _cells(text, "side of the field")["64 to 256"][1:] == ["1", "0.25"]


def _cells(text, title):
    """Return the rows of the first table one of whose titles is that, by their first cell."""
    lines = text.splitlines()
    at = next((n for n, one in enumerate(lines) if one[:1] == "|" and f" {title} |" in one), None)
    found = {}
    for line in lines[at + 2 :] if at is not None else ():
        if not line.startswith("|"):
            break
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        found[cells[0]] = cells
    return found


def test_a_surprise_is_told_once_for_each_family_the_rarest_first(rows):
    told = pictured([row for row in rows if row.answered])
    names = [row.name for row, _ in told]
    assert names[0] == "espnet"
    assert len(names) == len(set(names))
    twin = msgspec.structs.replace(rows[0], name="twin")
    assert "twin" not in [row.name for row, _ in pictured([rows[0], twin])]


def test_a_tenth_is_drawn_whatever_else_is_listed(rows):
    many = [Model("timm", "a", "b", str(n), "p:f", ((1,),), {"name": str(n)}) for n in range(2000)]
    some = [one for one in many if drawn(one)]
    assert 160 < len(some) < 240
    assert some != [one for one in many if drawn(one, seed=1)]


def test_what_is_news_is_held_at_five_positions_and_what_has_no_weights_nowhere(rows):
    news, plain, _, _, lost = rows
    model = Model("timm", "a", "b", "0", "p:f", ((1,),), {"name": "0"})
    bare = model._replace(kwargs={"name": "0", "bare": True})
    assert places_of(model, news) == NEWS
    assert places_of(model, plain) == int(drawn(model))
    assert places_of(model, lost) == places_of(bare, news) == 0


def test_what_has_a_result_is_not_asked_again(tmp_path):
    path = tmp_path / "results.jsonl"
    assert read_results(path) == {}
    add_results(path, {"a": lambda: (1, "x")}, jobs=2)
    add_results(path, {"a": lambda: (2, "y"), "b": lambda: (3, "z")}, jobs=2)
    assert read_results(path) == {"a": (1, "x"), "b": (3, "z")}


def test_a_field_is_filled_as_far_as_its_energy_says(tmp_path):
    # Two layers of three equal taps: 1 2 3 2 1 of 9 along an axis. Three of five cells hold
    # 7/9 of it, and 49/81 of the square; all five are needed for 95 %.
    # Seven layers of two: 2^7 paths, binomial; of the square the middle 6 of 8 cells hold
    # (1 - 2/128)^2 = 0.969, the middle 4 (1 - 16/128)^2 = 0.766.
    nets = ("k3,k3", ",".join(["k2"] * 7), "zoo:nosuch")
    fill([Model("zoo", "f", "t", net, net) for net in nets], tmp_path, 2, 60)
    found = read_results(tmp_path / "filled.jsonl")
    assert found[nets[0]] == (1.0, "")
    assert found[nets[1]] == (0.75, "")
    assert found[nets[2]][0] is None
    assert found[nets[2]][1].startswith("RF117")
