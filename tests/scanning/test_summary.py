"""Does the summary count every line, and show the causes of no answer, the most frequent first?"""

from rfcalc.codes import CODES
from rfcalc.render.scan import MOST, scan_document
from rfcalc.scanning import Line


def test_causes_beyond_the_most_frequent_are_counted():
    codes = list(CODES)[: MOST + 3]
    refused = [
        Line(path=f"{code}-{n}", status="refused", code=code, message="because " * 30)
        for number, code in enumerate(codes)
        for n in range(len(codes) - number)
    ]
    lost = [Line(path="a" * 99 + " --input 3", status="crashed", message="gone")]
    whole = Line(path="k3", status="exact", rf=(3, 3), gridded=True)
    lines = [whole, *refused, *lost]
    document = scan_document(lines, 2, 1, 3.25, "out.jsonl")
    statuses, causes, said = document.parts
    total = len(lines)
    assert statuses.rows == (
        ("exact", "1", f"{1 / total:.1%}", "1"),
        ("refused", f"{len(refused)}", f"{len(refused) / total:.1%}", "0"),
        ("crashed", "1", f"{1 / total:.1%}", "0"),
    )
    assert [row[0] for row in causes.rows] == codes[:MOST]
    assert [row[1] for row in causes.rows] == [str(len(codes) - n) for n in range(MOST)]
    assert causes.rows[0][2] == CODES[codes[0]].title
    assert [len(row[4]) <= 60 for row in causes.rows] == [True] * MOST
    ((_, text),) = said.lines
    assert text == (
        f"{total} lines in out.jsonl; 1 of them from before; {total - 1} in 3.2 s; "
        "2 files left out as no network; 4 more causes"
    )
    assert document.data["codes"] == {code: len(codes) - n for n, code in enumerate(codes)}


def test_a_path_is_shown_by_its_end_and_without_its_options():
    lines = [Line(path="b" * 99 + ".yaml --input 3", status="timeout", message="late")]
    row = scan_document(lines, 0, 0, 1.0, "o").parts[1].rows[0]
    assert row[:3] == ("timeout", "1", "no answer in time")
    assert row[3] == ".. " + "b" * 22 + ".yaml"
    assert len(row[3]) == 30
