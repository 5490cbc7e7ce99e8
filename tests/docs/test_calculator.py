"""Does the calculator page say of random schedules what Python says, alone, at both widths?"""

import random
import time

import pytest

from rfcalc.hdc import hdc_check
from tests.readme import ROOT
from tests.report.browser import CHROMIUM, DRIVER, Browser
from tests.whole import amount

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="chromium and chromedriver are missing"),
]
PAGE = ROOT / "docs" / "calculator.html"
SAID = (
    "hole_free", "largest_hole", "failing", "gap_holds", "factor_holds", "pairs_hold", "sawtooth",
)  # fmt: skip


@pytest.fixture(scope="module")
def browser():
    window = Browser(390, 844)
    window.open(PAGE)
    yield window
    assert window.log("browser") == []
    assert all(url.startswith("file:") for url in window.requests())
    window.close()


def schedules():
    chance = random.Random(21)
    for _ in range(amount(40, 500)):
        layers = range(chance.randint(1, 7))
        yield [(chance.randint(1, 5), chance.choice([1, 1, 1, 2]), chance.randint(1, 12))
               for _ in layers]  # fmt: skip


def test_the_page_answers_as_python_does(browser):
    asked = [[{"k": k, "s": s, "d": d} for k, s, d in layers] for layers in schedules()]
    told = browser.run(
        "return arguments[0].map(layers => ({...answer(layers), cells: sampled(layers).length}))",
        asked,
    )
    for layers, said in zip(schedules(), told, strict=True):
        kernels, strides, dilations = zip(*layers, strict=True)
        found = hdc_check(dilations, kernels, strides)
        assert {name: said[name] for name in SAID} == {name: getattr(found, name) for name in SAID}
        assert (said["field"], said["missing"]) == (found.rf, found.first_missing), layers
        assert said["cells"] == len(list(found.sampled)), layers


def test_the_link_holds_the_schedule_and_what_is_shown_follows_it(browser):
    browser.run("location.hash = '#k3,k3d2,k3d4'; layers = read('k3,k3d2,k3d4'); start();")
    assert "all 15 cells" in browser.run("return get('verdict').textContent")
    assert "3 + (3-1)*2*1 = 7" in browser.run("return get('sums').textContent")
    browser.run("layers[2].d = 9; start();")
    assert browser.run("return location.hash") == "#k3,k3d2,k3d9"
    assert "Holes of up to 2" in browser.run("return get('verdict').textContent")


@pytest.mark.parametrize(
    ("link", "shown", "said"),
    [
        ("k3%2Ck3d2%2ck3d4", "#k3,k3d2,k3d4", ""),
        ("K5, K3d2", "#k5,k3d2", ""),
        ("k3s1d1,k3d2s2", "#k3,k3s2d2", ""),
        ("k3,k99d900", "#k3,k15d64", "kernels to 15, strides to 8, dilations to 64"),
        (",".join(["k3"] * 20), "#" + ",".join(["k3"] * 12), "at most 12 layers"),
        ("k3p1", "#k3,k3d2", "'k3p1', which is no chain"),
        ("%", "#k3,k3d2", "no chain"),
        ("<b>k3</b>", "#k3,k3d2", "'<b>k3</b>', which is no chain"),
        ("", "#k3,k3d2", ""),
    ],
)
def test_a_link_is_taken_as_it_is_or_said_to_be_otherwise(browser, link, shown, said):
    browser.run("layers = read('k3,k3d2'); start(); get('link').textContent = '';")
    browser.run("location.hash = arguments[0];", link)
    time.sleep(0.2)  # the browser tells the page of it by an event
    assert browser.run("return location.hash") == shown
    told = browser.run("return get('link').textContent")
    assert said in told
    assert bool(told) == bool(said)
    browser.run("document.querySelector('button').click();")
    assert browser.run("return get('link').textContent") == ""


def test_the_keyboard_keeps_its_place_where_layers_come_and_go(browser):
    browser.run("layers = read('k3,k3d2,k3d4'); start(); get('add').click();")
    place = "return document.activeElement.ariaLabel"
    assert browser.run(place) == "kernel of conv4"
    browser.run("document.querySelector('[aria-label=\"remove conv4\"]').click();")
    assert browser.run(place) == "remove conv3"
    for _ in range(2):
        browser.run("document.activeElement.click();")
    assert browser.run(place) == "kernel of conv1"


def test_a_key_changes_the_answer(browser):
    browser.run("layers = read('k3,k3d2'); start(); document.querySelector('input').focus();")
    browser.press("\ue013")
    assert browser.run("return location.hash") == "#k4,k3d2"


def test_nothing_is_wider_than_a_phone(browser):
    browser.run("layers = read('k3,k3d2,k3d4,k3d8,k15d20'); start();")
    assert browser.run("return document.documentElement.scrollWidth") <= 390


def test_a_finger_slides_a_dilation_and_taps_a_schedule():
    window = Browser(390, 844)
    try:
        window.devtools("Emulation.setTouchEmulationEnabled", {"enabled": True})
        window.open(PAGE)

        def touch(kind, *points):
            held = [{"x": x, "y": y} for x, y in points]
            window.devtools("Input.dispatchTouchEvent", {"type": kind, "touchPoints": held})

        left, top, wide, high = window.run(
            "const slider = document.querySelectorAll('input[type=range]')[2];"
            "const place = slider.getBoundingClientRect();"
            "return [place.left, place.top, place.width, place.height];"
        )
        way = [(left + 8 + (wide - 16) * n / 16, top + high / 2) for n in range(9)]
        touch("touchStart", way[0])
        for point in way[1:]:
            touch("touchMove", point)
        touch("touchEnd")
        slid = window.run("return document.querySelectorAll('input[type=range]')[2].value")
        assert int(slid) > 10
        assert window.run("return location.hash") == f"#k3d{slid},k3d2,k3d9"
        spot = window.run(
            "const it = [...document.querySelectorAll('button')]"
            ".find((one) => one.textContent.trim() === '1, 2, 5');"
            "it.scrollIntoView(); const place = it.getBoundingClientRect();"
            "return [place.left + place.width / 2, place.top + place.height / 2];"
        )
        for _ in range(5):
            # A tap too soon after a slide belongs to the gesture before.
            time.sleep(0.5)
            touch("touchStart", spot)
            touch("touchEnd")
            time.sleep(0.5)
            if window.run("return location.hash") == "#k3,k3d2,k3d5":
                break
        assert window.run("return location.hash") == "#k3,k3d2,k3d5"
        assert "all 17 cells" in window.run("return get('verdict').textContent")
    finally:
        window.close()
