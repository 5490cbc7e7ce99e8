"""Does a text from a file stay text in a spreadsheet, in Markdown and in a page?"""

import csv
import html
import io
import itertools
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rfcalc.render.document import Column, Document, Lines, Table
from rfcalc.render.formats import as_csv, as_markdown
from rfcalc.render.inert import csv_cell, html_page, markdown
from rfcalc.shown import visible
from tests.cli.conftest import run

__all__ = ["run"]

FORMULAS = ["=cmd|'/C calc'!A0", "+1+cmd", "-2+3+cmd|x", "@SUM(A1)", "-a", "\uff1d1+1", "=1", "--1"]
NUMBERS = ["-", "-3", "-12x-3", "0:2", "-1.5", "1e-16", "-1:2x-3", "12", "-x-", "-3, 5", ""]
TEXTS = st.text(st.sampled_from("a\\x01b=\x01\x02\x1b\u202eu'-+[]()!<>&;:/|w.") | st.characters())


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula(text):
    assert csv_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", NUMBERS)
def test_a_number_stays_one(text):
    assert csv_cell(text) == text


def test_a_name_that_begins_with_an_apostrophe_is_no_formula_of_another_name():
    names = ["=1", "'=1", "''=1", "'a", "'-3"]
    assert list(map(csv_cell, names)) == ["'=1", "''=1", "'''=1", "'a", "'-3"]


@given(st.lists(TEXTS, min_size=2, max_size=2, unique=True))
def test_different_names_are_different_cells_that_can_be_printed(texts):
    cells = [csv_cell(text) for text in texts]
    assert cells[0] != cells[1]
    assert all(sign.isprintable() or sign == "\xa0" for cell in cells for sign in cell)


@pytest.mark.parametrize("text", ["a;=b", "a;@b;+c", "=a;-b", "a;'=b", "a;\uff1db"])
def test_no_part_of_a_cell_is_a_formula_where_semicolons_divide(text):
    told = csv_cell(text)
    assert not re.search("(?:^|;)[=+@\uff1d-]", told)
    assert re.sub("(^|;)'", r"\1", told) == text


def test_the_head_of_a_column_is_no_formula():
    head = Column("=cmd|' /C calc'!A0")
    assert as_csv(Document((Table("", (head,), ()),), {})) == "'=cmd|' /C calc'!A0\n"


MARKED = ["_a_", "__init__", "*a*", "a*b*c", "~~a~~", "`a`", "a|b", "a\\|b", "a\\", "&amp;lt;"]
BLOCKS = ["# a", "- a", "1. a", "2) a", "> a", ">a", "---", "+ a", "***", "= a", "[a]: http://b"]
SIGNS = st.text(st.sampled_from("ab_*`~|\\[]()!<>&;:/#+-=.1 ") | st.characters(codec="utf-8"))


def read(tokens):
    """Return what a reader of Markdown shows of the tokens of a line."""
    shown = ""
    for token in tokens:
        assert token.type in ("text", "text_special"), token.type
        shown += token.content
    return shown


def read_back(texts):
    """Return the cells and the lines that a reader of Markdown finds."""
    markdown_it = pytest.importorskip("markdown_it")
    table = Table("", (Column("name", "left"),), tuple((text,) for text in texts))
    written = as_markdown(Document((table, Lines("", tuple(("", text) for text in texts))), {}))
    found = markdown_it.MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(written)
    told = {"td_open": [], "paragraph_open": []}
    for opening, token in itertools.pairwise(found):
        if token.type == "inline" and opening.type != "th_open":
            told[opening.type].append(read(token.children))
    return [*told.values()]


@pytest.mark.parametrize("text", MARKED + BLOCKS)
def test_a_reader_of_markdown_shows_a_name_as_it_is(text):
    assert read_back([text]) == [[text], [text]]


@given(st.lists(SIGNS.map(lambda text: f"a{visible(text).strip()}"), min_size=1, max_size=3))
def test_a_reader_of_markdown_shows_every_name_as_it_is(texts):
    cells, lines = read_back(texts)
    assert cells == lines == texts


@given(TEXTS)
def test_in_markdown_every_bracket_and_address_is_text(text):
    found = markdown(text)
    assert not re.search(r"(?<!\\)(?:\\\\)*[\[\]]", found)
    assert "<" not in found
    assert "://" not in found
    plain = re.sub(r"\\([\\\[\]/.*`~_])", r"\1", found)
    assert html.unescape(plain) == html.unescape(text) or "&" in text


@given(st.text())
def test_a_page_holds_no_controls(text):
    found = html_page(text)
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", found)
    assert len(found) == len(text)


NAMES = ["![x](http://a.b/c.png)", "=cmd|'/C calc'!A0", "a\x00b\x1bc", "a\x01", "a\x02", "<b>&lt;"]


def test_commands_hold_every_name_as_text(run, tmp_path):
    net = tmp_path / "net.json"
    layers = [{"kernel": 3, "name": name, "padding": 1} for name in NAMES]
    net.write_text(json.dumps({"layers": layers}))
    rows = list(csv.reader(io.StringIO(run("analyze", net, "-f", "csv")[1])))
    told = [row[0] for row in rows[2:]]
    assert len({*told}) == len(NAMES)
    assert told[1] == f"'{NAMES[1]}"
    assert rows[-1][9] == "-6"
    text = run("analyze", net, "-f", "markdown")[1]
    assert r"!\[x\](http:\//a.b/c.png)" in text
    assert "![" not in text
    assert run("report", net, "-o", tmp_path / "a.html")[0] == 0
    page = (tmp_path / "a.html").read_bytes()
    assert not [byte for byte in page if byte < 32 and byte != 10]
    assert b"![x](http://a.b/c.png)" in page
