"""Does the terminal show exactly the cells that are sampled, at every size, in every alphabet?"""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfcalc.blocks import blocks, section
from rfcalc.cells import EMPTY, Cells
from rfcalc.loading import load
from rfcalc.masks import mask
from rfcalc.region import Region
from rfcalc.render.terminal import draw_cells, draw_mask, legend, sparkline

sets = st.lists(st.integers(-6, 14), min_size=1, max_size=9).map(Cells.of)
planes = st.lists(st.tuples(sets, sets), min_size=1, max_size=4).map(Region.of)


def cells_of(region):
    """Every cell of a region, by enumeration."""
    return {point for box in region.boxes for point in product(*box)}


def frame_of(region):
    found = cells_of(region)
    spans = []
    for axis in range(len(region.boxes[0])):
        low = min(p[axis] for p in found)
        spans.append(Cells.run(low, max(p[axis] for p in found) - low + 1))
    return spans


@settings(max_examples=150, deadline=None)
@given(planes, st.integers(1, 5), st.integers(1, 5), st.integers(0, 3))
def test_a_block_is_full_only_when_every_one_of_its_cells_is_sampled(region, high, wide, rim):
    frame = [Cells.run(s.start - rim, s.extent + 2 * rim) for s in frame_of(region)]
    held = cells_of(region)
    rows = blocks(region, frame, [high, wide])
    assert len(rows) == -(-frame[0].extent // high)
    for r, row in enumerate(rows):
        assert len(row) == -(-frame[1].extent // wide)
        for c, state in enumerate(row):
            block = [
                (i, j)
                for i in range(frame[0].start + r * high, frame[0].start + (r + 1) * high)
                for j in range(frame[1].start + c * wide, frame[1].start + (c + 1) * wide)
                if i < frame[0].stop and j < frame[1].stop
            ]
            found = sum(cell in held for cell in block)
            assert state == (2 if found == len(block) else 1 if found else 0)


@settings(max_examples=50, deadline=None)
@given(st.tuples(sets, sets, sets), st.integers(0, 2), st.integers(-6, 14))
def test_a_section_holds_the_cells_at_its_index(box, axis, index):
    region = Region.of([box])
    wanted = {p[:axis] + p[axis + 1 :] for p in cells_of(region) if p[axis] == index}
    assert cells_of(section(region, axis, index)) == wanted


def offsets(lines, width):
    """Read the sampled cells of one axis back from lines without colour."""
    found = set()
    for line in lines:
        assert len(line.plain) <= width
        first, signs, last = line.plain.split()
        assert int(last) == int(first) + len(signs) - 1
        found |= {int(first) + n for n, sign in enumerate(signs) if sign in "█#"}
    return found


@settings(max_examples=100, deadline=None)
@given(sets, st.integers(16, 40), st.booleans())
def test_a_line_shows_every_offset_of_the_set(cells, width, unicode):
    assert offsets(draw_cells(cells, width, unicode=unicode), width) == set(cells)


@settings(max_examples=30, deadline=None)
@given(st.lists(sets, min_size=1, max_size=4), st.integers(16, 40), st.booleans())
def test_a_mask_of_one_axis_is_a_line_of_all_its_boxes(boxes, width, unicode):
    region = Region(tuple((cells,) for cells in boxes))
    assert offsets(draw_mask(region, width, unicode=unicode), width) == set().union(*boxes)
    words = "# sampled  . not sampled" if not unicode else "█ sampled  · not sampled"
    assert legend(region, width, unicode=unicode).plain == words


def test_the_legend_says_how_many_cells_a_sign_stands_for():
    """1451 cells: in 6 lines of 40 signs less offsets and blanks, 8 cells share a sign."""
    region = Region.of([(Cells.of([*range(700), *range(701, 1451)]),)])
    signs = sum(len(line.plain.split()[1]) for line in draw_mask(region, 40))
    step = -(-1451 // (6 * (40 - 2 * 4 - 2)))
    assert signs == -(-1451 // step)
    told = f"█ sampled  ▒ partly  · not sampled  (a sign: {step} cells)"
    assert legend(region, 40).plain == told


def test_the_legend_of_a_drawing_in_dots_says_so():
    region = mask(load("k3,k3d7,k3d20")).region
    drawn = "".join(line.plain for line in draw_mask(region, 80))
    assert all("\u2800" <= sign <= "\u28ff" for sign in drawn)
    assert sum((ord(sign) - 0x2800).bit_count() for sign in drawn) == len(cells_of(region))
    assert legend(region, 80).plain == "a dot is a sampled cell"


def test_a_line_wider_than_the_terminal_goes_on_in_the_next_with_its_offsets():
    lines = [line.plain for line in draw_cells(Cells.of([*range(20), *range(25, 50)]), 31)]
    assert lines == [
        " 0 ████████████████████····· 24",
        "25 █████████████████████████ 49",
    ]


def test_one_hole_among_a_million_cells_is_still_seen():
    cells = Cells.run(0, 499_999) | Cells.run(500_000, 500_000)
    text = "".join(line.plain for line in draw_cells(cells, 80))
    assert text.count("▒") == 1
    assert "·" not in text


def test_an_extent_without_holes_beyond_the_bitset_limit_is_drawn():
    assert all("█" in line.plain for line in draw_cells(Cells.run(0, 1 << 40), 40))


def plain_cells(lines, region):
    """Read the sampled cells back from text without colour."""
    low = [span.start for span in frame_of(region)]
    found = set()
    for r, line in enumerate(lines):
        for c, sign in enumerate(line):
            if "\u2800" <= sign <= "\u28ff":
                dots = ord(sign) - 0x2800
                for bit, (i, j) in enumerate(
                    [(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1), (3, 0), (3, 1)]
                ):
                    if dots >> bit & 1:
                        found.add((low[0] + 4 * r + i, low[1] + 2 * c + j))
            elif sign in "█#":
                found.add((low[0] + r, low[1] + c // 2))
    return found


def colour_cells(lines, region, zoom):
    """Read the sampled cells back from half blocks, by the colour of each half."""
    low = [span.start for span in frame_of(region)]
    found = set()
    for r, line in enumerate(lines):
        for span in line.spans:
            fore, _, back = str(span.style).partition(" on ")
            for c in range(span.start, span.end):
                halves = (back, fore) if line.plain[c] == "\u2584" else (fore, back)
                for half, style in enumerate(halves):
                    if style == "#fde725":
                        found.add((low[0] + (2 * r + half) // zoom, low[1] + c // zoom))
    return found


def sign_cells(lines, region, zoom):
    """Read the sampled cells back from the signs alone, as they are copied out of a terminal."""
    low = [span.start for span in frame_of(region)]
    halves = {"\u2588": (0, 1), "\u2580": (0,), "\u2584": (1,)}
    return {
        (low[0] + (2 * r + half) // zoom, low[1] + c // zoom)
        for r, line in enumerate(lines)
        for c, sign in enumerate(line.plain)
        for half in halves.get(sign, ())
    }


NETS = ["k3,k3d2,k3d9", "k3d2", "k1", "k5x31d1x2", "zoo:esp-module", "k3,k3d7,k3d20"]


@pytest.mark.parametrize("net", NETS)
@pytest.mark.parametrize("width", [80, 160])
def test_the_cells_read_back_from_plain_text_are_the_mask(net, width):
    region = mask(load(net)).region
    lines = [line.plain for line in draw_mask(region, width)]
    assert max(map(len, lines)) <= width
    assert plain_cells(lines, region) == cells_of(region)


@pytest.mark.parametrize("net", NETS)
@pytest.mark.parametrize("width", [80, 160])
def test_the_cells_read_back_from_half_blocks_are_the_mask(net, width):
    region = mask(load(net)).region
    lines = draw_mask(region, width, colour=True)
    longest = max(span.extent for span in frame_of(region))
    assert max(len(line.plain) for line in lines) <= width
    assert colour_cells(lines, region, min(4, width // longest)) == cells_of(region)
    assert sign_cells(lines, region, min(4, width // longest)) == cells_of(region)


def test_ascii_is_used_where_the_output_has_no_other_signs():
    lines = [line.plain for line in draw_mask(mask(load("k3d2")).region, 80, unicode=False)]
    assert lines == ["##..##..##", "..........", "##..##..##", "..........", "##..##..##"]
    assert legend(mask(load("k3d2")).region, unicode=False).plain == "# sampled  . not sampled"


@pytest.mark.parametrize("colour", [False, True])
def test_a_hole_survives_reduction_of_a_plane(colour):
    cells = Cells.of([*range(700), *range(701, 1451)])
    region = Region.of([(cells, Cells.run(0, 1451))])
    lines = draw_mask(region, 40, colour)
    if colour:
        partly = sum("#21918c" in str(span.style) for line in lines for span in line.spans)
    else:
        partly = sum(line.plain.count("▒") for line in lines)
    assert partly >= 1
    assert max(len(line.plain) for line in lines) <= 40
    assert "partly" in legend(region, 40, colour).plain


def test_three_axes_are_three_sections_through_the_centre():
    lines = [line.plain for line in draw_mask(mask(load("k3d2", input=(9, 9, 9))).region, 80)]
    assert [line for line in lines if line.startswith("axes")] == [
        "axes 1 and 2, at 0 of axis 0",
        "axes 0 and 2, at 0 of axis 1",
        "axes 0 and 1, at 0 of axis 2",
    ]
    assert lines[1] == "██··██··██"


def test_an_empty_mask_says_so():
    assert draw_mask(Region(()))[0].plain == "nothing is sampled"
    assert [line.plain for line in draw_cells(EMPTY)] == ["nothing is sampled"]
    assert legend(Region(())).plain == ""


def test_a_sparkline_rises_with_its_values():
    assert sparkline([1, 2, 4, 8]) == "▂▃▅█"
    assert sparkline([0, 0]) == ""
    assert sparkline([1, 8], unicode=False) == "19"
