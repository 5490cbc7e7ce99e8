"""Do dilated blocks and modules of the zoo add the fields that their papers state?"""

import pytest

from rfcalc.architectures import zoo_text
from rfcalc.loading import load
from rfcalc.spec import read_text
from tests.published.shapes import rows


def at(network):
    return {row.name: row for row in rows(network)}


@pytest.mark.parametrize(
    ("name", "below", "fields", "source"),
    [
        (
            "d-linknet34",
            "layer4",
            {"rate1": 3, "rate2": 7, "rate4": 15, "rate8": 31},
            "Zhou 2018: the layers of the center part",
        ),
        (
            "ce-net",
            "layer4",
            {"branch1": 3, "branch2": 7, "branch3": 9, "branch4": 19},
            "Gu 2019: the branches of the dense atrous block",
        ),
        ("denseaspp-module", "input", {"conv6": 19, "conv18": 79}, "Yang 2018, section 3.2"),
    ],
)
def test_a_block_adds_the_field_that_its_paper_states(name, below, fields, source):
    row = at(load(f"zoo:{name}"))
    base = row[below]
    assert {
        layer: 1 + (row[layer].rf[0] - base.rf[0]) / base.jump[0] for layer in fields
    } == fields, source


def test_a_rate_of_3_below_one_of_6_makes_it_read_49_cells_as_denseaspp_states():
    assert at(load("zoo:denseaspp-module"))["conv6"].cells == 7 * 7
    assert at(load("k3d6"))["conv1"].cells == 3 * 3


def test_glcic_reads_4_pixels_less_than_stated_with_and_without_dilation():
    """Iizuka 2017: 307, and 99 without dilation. The up-convolutions were counted from above."""
    text = zoo_text("glcic")
    plain = text.replace("dilations: [2, 4, 8, 16]", "dilations: [1, 1, 1, 1]")
    assert plain != text
    assert at(load("zoo:glcic"))["image"].rf == (307 - 4, 307 - 4)
    assert at(read_text(plain, "glcic"))["image"].rf == (99 - 4, 99 - 4)


def test_edgeconnect_has_the_field_stated_if_it_were_strided_by_3x3():
    """Nazeri 2019: 205 at the last residual unit; the release strides by 4x4."""
    text = zoo_text("edgeconnect")
    small = text.replace("- {kernel: 4, stride: 2", "- {kernel: 3, stride: 2")
    assert small != text
    assert at(load("zoo:edgeconnect"))["middle"].rf == (208, 208)
    assert at(read_text(small, "edgeconnect"))["middle"].rf == (205, 205)
