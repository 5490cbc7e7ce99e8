"""Are the sums that --derive writes true, and does every row have one or say why not?"""

import re
from ast import literal_eval

import pytest

from rfcalc.loading import load
from rfcalc.render.derivation import with_derivation
from rfcalc.render.report import report_document
from rfcalc.report import analyze
from tests.cli.conftest import run

__all__ = ["run"]


def table(spec):
    report = analyze(load(spec))
    document = with_derivation(report_document(report), report)
    (found,) = [part for part in document.parts if part.title == "written out"]
    drawn = [part.title for part in document.parts if re.match(r"F\d: ", part.title)]
    return report, found.rows, drawn


def value(text):
    """What a sum of products of integers is, by hand."""
    text = re.sub(
        r"ceil\((\d+)/(\d+)\)", lambda found: str(-(-int(found[1]) // int(found[2]))), text
    )
    text = re.sub(r"\((\d+)-1\)", lambda found: str(int(found[1]) - 1), text)
    total = 0
    for term in text.split(" + "):
        product = 1
        for factor in term.split("*"):
            product *= literal_eval(factor)
        total += product
    return total


@pytest.mark.parametrize(
    "spec", ["k3,k3d2,k3d4", "k7s2,k3s2,k3d3,k1", "zoo:vgg16", "zoo:resnet18", "zoo:unet"]
)
def test_every_sum_that_is_written_is_true_and_ends_in_the_field(spec):
    report, rows, _ = table(spec)
    sums = 0
    for row, (name, effective, field, _jump) in zip(report.rows, rows, strict=True):
        assert name == row.name
        for text in (effective, field):
            if " = " in text:
                left, right = text.split(" = ")
                assert value(left) == int(right)
                sums += 1
        if row.rf is not None and row.bounded:
            shown = re.search(r"= (\d+)$|^(\d+),", field)
            assert int(shown[1] or shown[2]) == row.rf[0]
    assert sums


def test_the_published_example_is_written_out_as_lessons_do():
    _, rows, drawn = table("k3,k3d2,k3d4")
    assert rows[2][1:3] == ("2*(3-1) + 1 = 5", "3 + (3-1)*2*1 = 7")
    assert [re.search(r"sees (\d+) x", title)[1] for title in drawn] == ["3", "7", "15"]


def test_the_own_stride_of_a_layer_leaves_its_field_as_it_is():
    for spec in ("k3,k3", "k3,k3s2"):
        assert table(spec)[1][2][2] == "3 + (3-1)*1*1 = 5"
    assert table("k3,k3s2,k3")[1][3][2] == "5 + (3-1)*1*2 = 9"


def test_a_transposed_convolution_is_written_out_with_what_it_reads_and_divides():
    chain = [{"kernel": 3, "stride": 4}, {"deconv": {"kernel": 4, "stride": 2, "padding": 1}}]
    _, rows, _ = table({"dims": 1, "layers": chain})
    assert rows[2][1:] == ("1*(4-1) + 1 = 4", "3 + (ceil(4/2)-1)*4 = 7", "4/2 = 2")
    whole = {"dims": 1, "layers": [{"deconv": {"kernel": 3, "dilation": 2, "stride": 3}}]}
    assert table(whole)[1][1][2].endswith("not by the formula of a chain")


def test_the_command_writes_the_sums_out_and_its_data_stays(run):
    told = run("analyze", "k3,k3d2", "--derive")[1]
    assert "3 + (3-1)*2*1 = 7" in told
    assert "the layer's own stride does not enter" in told
    plain = run("analyze", "k3,k3d2", "--format", "json")
    assert run("analyze", "k3,k3d2", "--derive", "--format", "json") == plain
