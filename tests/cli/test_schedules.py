"""Do `design`, `hdc-check` and `fix` say what they found, or why there is nothing to find?"""

import csv
import io
import json
import re

import pytest

from tests.hdc.chains import mask


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def field(dilations):
    """The bits of what a chain of 3-tap layers samples."""
    return mask(dilations, [3] * len(dilations))


def solid(bits):
    return bits & (bits + 1) == 0


def designed(run, *words, status=0):
    """The rows of a design, each held to the cells that its schedule samples; and its text."""
    given = run("design", *words, "--format", "csv")
    assert given[0] == status
    found = rows(given[1])
    for row in found:
        bits = field([int(rate) for rate in row["dilations"].split(",")])
        assert solid(bits)
        assert bits.bit_count() == int(row["rf"]) == int(row["cells"])
    told = run("design", *words)
    assert (told[0], told[2]) == (status, "")
    return found, told[1]


def test_the_largest_field_is_designed_where_none_is_asked_for(run):
    (row,), text = designed(run, "--layers", 3)
    assert (row["dilations"], row["rf"]) == ("1,3,9", str(3**3))
    assert text.startswith("3 layers of kernel 3 for the largest field, by 'even'\n")
    assert "every schedule is hole-free" in text
    assert "the largest field without holes" in text


def test_a_field_in_input_cells_is_told_in_both(run):
    """Behind a stride of 4 a field of 41 input cells is 1 + 10 cells of the map."""
    (row, *_), text = designed(run, "--rf", 41, "--jump", 4, "--causal")
    assert int(row["look-back"]) == (int(row["rf"]) - 1) * 4 == 40
    assert int(row["input cells"]) == 1 + int(row["look-back"])
    assert "41 input cells at jump 4 are 11 cells here" in text


def test_schedules_too_many_to_rank_say_so(run):
    found, text = designed(run, "--layers", 12, "--rf", 20_001)
    assert {row["rf"] for row in found} == {"20001"}
    assert "too many to rank them all: these are the best that a search found" in text
    data = json.loads(run("design", "--layers", 12, "--rf", 20_001, "-f", "json")[1])
    assert (data["total"], data["complete"]) == (None, False)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--layers", 4, "--rf", 51), "5 of 9 schedules"),
        (("--layers", 4, "--rf", 79), "the only schedule"),
        (("--rf", 66, "--at-least", "--powers", 3, "--stacks", 3), "all 2 schedules"),
    ],
)
def test_schedules_are_told_with_their_number(run, words, said):
    found, text = designed(run, *words)
    assert text.splitlines()[-1] == said
    total = json.loads(run("design", *words, "-f", "json")[1])["total"]
    assert len(found) == min(5, total)
    assert str(total) in said or total == 1


def test_levels_and_stacks_are_told_in_the_title_and_powers_kept(run):
    words = ("--layers", 12, "--per-level", 2, "--stacks", 2, "--powers", 2, "--rf", 57)
    found, text = designed(run, *words)
    head = "12 layers of kernel 3, 2 a dilation, 2 stacks, powers of 2 for a field of 57, by 'even'"
    assert text.splitlines()[0] == head
    for row in found:
        rates = [int(rate) for rate in row["dilations"].split(",")]
        assert rates[:6] == rates[6:] == sorted(rates[:6])
        assert rates[::2] == rates[1::2]
        assert {*rates} <= {1, 2, 4, 8}
    data = json.loads(run("design", *words, "-f", "json")[1])
    assert (data["per_level"], data["stacks"], data["powers"]) == (2, 2, 2)


def test_perfectly_even_schedules_are_marked(run):
    found, text = designed(run, "--rf", 64, "--at-least")
    assert [row["even"] for row in found] == ["perfectly", *["-"] * 4]
    assert (found[0]["dilations"], found[0]["variation"]) == ("1,3,9,27", "0.000")
    assert text.startswith("4 layers of kernel 3 for a field of at least 64, by 'even'\n")
    data = json.loads(run("design", "--rf", 64, "--at-least", "-f", "json")[1])
    assert [one["even"] for one in data["schedules"]] == [True, *[False] * 4]


@pytest.mark.parametrize(
    ("words", "cure"),
    [
        (("--layers", 6, "--per-level", 2, "--stacks", 2), "give 4 or 8 layers"),
        (("--layers", 4, "--at-least"), "give 'rf'"),
    ],
)
def test_a_wish_that_contradicts_itself_is_told_how_to_be_had(run, words, cure):
    status, text, told = run("design", *words)
    assert (status, text) == (2, "")
    assert told.startswith("RF410 ")
    assert told.endswith(f"  = help: {cure}\n")


@pytest.mark.parametrize(
    ("layers", "rf", "sides", "reason"),
    [
        (2, 1000, {"below": 9}, "2 layers of kernel 3 can reach at most 9 without holes"),
        (3, 5, {"above": 7}, "3 layers of kernel 3 can see at least 7"),
        (3, 12, {"below": 11, "above": 13}, "fields of kernel 3 are 1 plus a multiple of 2"),
    ],
)
def test_an_impossible_wish_is_refused_with_what_is_near(run, layers, rf, sides, reason):
    found, text = designed(run, "--layers", layers, "--rf", rf, status=1)
    assert {row["side"]: int(row["rf"]) for row in found} == sides
    assert text.startswith("nearest fields that can be had\n")
    assert f"impossible: {reason}\n" in text


def test_a_wish_with_nothing_near_gives_its_reason_alone(run):
    reason = "impossible: more than 64 layers would be needed"
    words = ("design", "--rf", 1001, "--max-dilation", 1)
    assert run(*words) == (1, f"{reason}\n", "")
    assert run(*words, "--format", "markdown") == (1, f"- {reason}\n", "")
    assert run(*words, "--format", "csv") == (1, "", "")
    data = json.loads(run(*words, "--format", "json")[1])
    assert (data["possible"], data["schedules"], data["below"]) == (False, [], None)


def test_strides_are_told_and_the_suggestions_go_by_them(run):
    words = ("hdc-check", "1,2,4", "--stride", "2,1,1", "--suggest")
    status, text, _ = run(*words)
    assert status == 1
    assert text.startswith("schedule 1, 2, 4   kernel 3   stride 2,1,1\n")
    data = json.loads(run(*words, "--format", "json")[1])
    assert data["exact"]["missing"] == [
        n for n in range(27) if not mask((1, 4, 8), (3,) * 3) >> n & 1
    ]
    for found in (*data["suggestions"]["nearest"], data["suggestions"]["largest"]):
        first, *others = found["dilations"]
        bits = mask((first, *(2 * rate for rate in others)), (3,) * 3)
        assert solid(bits)
        assert bits.bit_length() == found["rf"]


def test_both_readings_of_the_common_factor_are_told_and_evenness_is_measured(run):
    status, text, _ = run("hdc-check", "1,3,9")
    assert status == 0
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert "no common factor, by gcd gcd 1 holds" in lines
    assert "no common factor, by pairs 3 and 9 share 3 broken" in lines
    assert "path counts 1 per cell: perfectly even" in lines
    assert (
        lines[-1] == "verdict: hole-free; the published rules hold by gcd and are broken by pairs"
    )
    assert "uneven" not in text
    # What is exact does not depend on the reading that sets the exit status.
    strict = run("hdc-check", "1,3,9", "--strict")
    assert strict == (1, text, "")
    data = json.loads(run("hdc-check", "1,3,9", "-f", "json")[1])
    assert (data["ok"], data["strict"]) == (True, False)
    assert (data["published"]["ok"], data["published"]["ok_pairwise"]) == (True, False)
    assert data["published"]["groups"][0]["pairs"] == [[3, 9]]
    assert data["exact"]["evenness"] == {"even": True, "cv": 0.0, "least": 1, "most": 1}
    found = {
        row["published rule"]: row[""] for row in rows(run("hdc-check", "1,3,9", "-f", "csv")[1])
    }
    assert found["no common factor, by gcd"] == "holds"
    assert found["no common factor, by pairs"] == "broken"
    assert (
        "| no common factor, by pairs | 3 and 9 share 3 | broken |"
        in (run("hdc-check", "1,3,9", "-f", "markdown")[1])
    )


def test_equal_groups_are_judged_in_one_row(run):
    text = run("hdc-check", "1,2,5,1,2,5,2,3")[1]
    heads = [line.split("  ")[0] for line in text.splitlines()]
    assert heads.count("M_2 <= K, groups 1, 2") == heads.count("M_2 <= K, group 3") == 1


@pytest.mark.parametrize("rates", ["2,4,8", "4,1", "2,2,2", "1,2,9"])
def test_suggestions_say_how_even_they_are_and_what_the_rules_say(run, rates):
    data = json.loads(run("hdc-check", rates, "--suggest", "-f", "json")[1])["suggestions"]
    text = run("hdc-check", rates, "--suggest")[1]
    for one in (*data["nearest"], data["largest"]):
        words = ",".join(map(str, one["dilations"]))
        alone = json.loads(run("hdc-check", words, "-f", "json")[1])
        evenness = alone["exact"]["evenness"]
        assert (one["ok"], one["strict"]) == (alone["ok"], alone["strict"])
        assert (one["even"], one["cv"]) == (evenness["even"], evenness["cv"])
        (line,) = [line for line in text.splitlines() if line.startswith(f"{words} ")]
        told = "holds" if one["strict"] else "holds by gcd" if one["ok"] else "broken"
        assert line.split(f"{one['cv']:.3f}")[1].strip().startswith(told)


def test_a_schedule_that_is_suggested_for_two_reasons_is_told_once(run):
    text = run("hdc-check", "1,2,9", "--suggest")[1]
    (line,) = [line for line in text.splitlines() if line.startswith("1,3,9 ")]
    assert line.endswith("nearest, largest field")
    text = run("hdc-check", "1,2,2,9", "--suggest")[1]
    assert [w for w in ("nearest", "largest field") if f" {w}\n" in text] == [
        "nearest",
        "largest field",
    ]


def test_where_a_stride_leaves_cells_out_no_schedule_is_suggested(run):
    status, text, _ = run("hdc-check", "4,4", "--kernel", "1,2", "--stride", "2,1", "--suggest")
    assert status == 1
    assert "none: a stride leaves cells out" in text
    assert not any(solid(mask((1, 2 * rate), (1, 2))) for rate in range(1, 50))


def test_cells_too_many_to_draw_are_left_out_of_the_verdict(run):
    rates = [4_000_000, 4_000_001, 4_000_003, 4_000_000]
    status, text, _ = run("hdc-check", ",".join(map(str, rates)))
    assert status == 1
    assert f"field                 {1 + 2 * sum(rates):,} cells, too many to count sampled" in text
    assert "sampled offsets" not in text
    assert text.endswith("verdict: gridded; the published rules are broken\n")


GRID = "layers:\n- {kernel: 3, dilation: 2}\n- {kernel: 3, dilation: 2}\n"


def test_a_repair_is_shown_line_by_line_and_stage_by_stage(run, tmp_path):
    file = tmp_path / "net.yaml"
    file.write_text(GRID)
    status, text, _ = run("fix", file, "--format", "markdown")
    assert status == 0
    changed = [line for line in text.splitlines() if line.startswith("- ")]
    lines = GRID.splitlines()
    assert changed[:4] == [
        *(f"-    2 - {lines[1]}", f"-    2 + {lines[1].replace('dilation: 2', 'dilation: 3')}"),
        *(f"-    3 - {lines[2]}", f"-    3 + {lines[2].replace('dilation: 2', 'dilation: 1')}"),
    ]
    assert changed[4:] == ["- no smaller change does it with dilations of up to 6"]
    before, after = rows(run("fix", file, "--format", "csv")[1])
    assert (before[""], before["dilations"], before["density"]) == ("before", "2 x2", "0.309")
    assert (after[""], after["dilations"], after["density"]) == ("after", "3, 1", "1.000")
    assert [f"{field(d).bit_count() ** 2 / 9**2:.3f}" for d in ((2, 2), (3, 1))] == [
        before["density"],
        after["density"],
    ]


def test_what_cannot_be_repaired_is_said_below_the_stages(run, tmp_path):
    file = tmp_path / "net.yaml"
    file.write_text(GRID)
    status, text, _ = run("fix", file, "--max-dilation", 1)
    assert status == 1
    assert "before" in text
    assert "after" not in text
    reason = "no change within dilations of up to 1 removes every hole and keeps 100 %"
    assert text.splitlines()[-1].startswith(reason)


def test_the_data_of_a_repair_says_what_it_keeps_and_whether_it_is_proven(run):
    status, text, _ = run("fix", "k3d2,k3d4,k3d6", "--format", "json")
    data = json.loads(text)
    assert status == 0
    assert (data["repaired"], data["change"], data["complete_up_to"]) == (True, 4, 3)
    assert data["proven"]
    assert [(r["change"], r["keeps"], r["unrolled"]) for r in data["repairs"]] == [
        (4, "outputs", False),
        (10, "layers", False),
    ]
    assert data["repairs"][0]["changes"] == data["changes"]


TIED = "layers:\n- repeat: {times: 4, layers: [{kernel: 3, dilation: 2}]}\n"


def test_a_repair_that_needs_the_text_unrolled_says_so_and_is_written_by_the_option(run, tmp_path):
    file, fixed = tmp_path / "net.yaml", tmp_path / "fixed.yaml"
    file.write_text(TIED)
    status, text, _ = run("fix", file, "-o", fixed)
    assert status == 1
    assert not fixed.exists()
    assert f"{file}, unrolled: total change 2\n" in text
    assert "conv1: dilation 2 -> 3\n" in text
    assert text.endswith(
        "one number decides several layers by repeat on line 2\n"
        "--unroll takes the repair above, with one entry per layer\n"
    )
    data = json.loads(run("fix", file, "--format", "json")[1])
    assert (data["repaired"], data["change"], data["ties"]) == (False, 2, ["repeat on line 2"])
    assert [repair["unrolled"] for repair in data["repairs"]] == [True]
    status, text, _ = run("fix", file, "--unroll", "-o", fixed)
    assert status == 0
    assert "--unroll" not in text
    assert run("check", fixed, "--no-gridding")[0] == 0


def test_a_pair_of_maps_is_shown_before_and_after(run):
    status, text, _ = run("fix", "k3d2,k3s2,k3d4", "--layer", "conv3")
    assert status == 0
    table = text[text.index("the pair of maps") :].splitlines()
    assert table[2].split() == ["input", "->", "conv3", "before", "23", "0.834", "1"]
    assert table[3].split() == ["input", "->", "conv3", "after", "25", "1.000", "0"]
    pair = json.loads(run("fix", "k3d2,k3s2,k3d4", "--layer", "conv3", "-f", "json")[1])["pair"]
    assert (pair["before"]["holes"], pair["after"]["holes"]) == (True, False)
    pair = json.loads(run("fix", "k3,k3s2,k3d9", "--layer", "conv3", "-f", "json")[1])["pair"]
    assert pair["before"]["holes"]
    assert pair["after"] is None


def test_ways_to_a_field_are_listed_and_the_first_is_written(run, tmp_path):
    fixed = tmp_path / "fixed.yaml"
    chain = ",".join(["k3"] * 6)
    status, text, _ = run("fix", chain, "--rf", "60", "-o", fixed, "--max-cost", "500%")
    assert status == 0
    assert text.startswith("ways to a field of 60\n")
    changed = [line for line in text.splitlines() if re.match(r"   [3-8] [-+]", line)]
    assert [line[3:6] for line in changed] == ["3 -", "3 +", "4 -", "4 +", "5 -", "5 +"]
    assert run("check", fixed, "--min-rf", "60", "--no-gridding")[0] == 0
    assert " and 1 more" in run("fix", chain, "--rf", "23")[1]
    data = json.loads(run("fix", chain, "--rf", "23", "--format", "json")[1])
    kinds = [repair["kind"] for repair in data["repairs"]]
    assert list(dict.fromkeys(kinds)) == ["strides", "dilations", "kernels"]
    assert all(min(repair["rf"]) >= 23 for repair in data["repairs"])
    status, text, _ = run("fix", chain, "--rf", "60", "--max-cost", "0.001")
    assert status == 1
    assert "at 0.001 of the multiply-adds" in text


def test_what_was_left_open_is_said(run):
    _, text, _ = run("fix", ",".join(f"k3d{1 << i}" for i in range(1, 8)))
    assert "was left open: --keep-layers" in text


def test_a_stage_that_a_repair_dissolves_is_shown_without_numbers(run):
    _, text, _ = run("fix", "k3d2,k3s2,k3d2,k3d2,k3d2", "--format", "csv", "--keep", "70")
    before, after, *_ = rows(text)
    assert (before["dilations"], after["dilations"]) == ("2", "-")


def test_a_line_that_is_written_in_is_shown_by_itself(run, tmp_path):
    file = tmp_path / "net.yaml"
    file.write_text(
        "layers:\n- {kernel: 2, dilation: 2-1}\n- kernel: 2\n- {kernel: 3, dilation: 2+2}\n"
    )
    text = run("fix", file)[1]
    assert "   4 +   dilation: 2\n" in text
