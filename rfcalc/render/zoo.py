"""How are the shipped networks listed? What each sees, and what was published of it."""

import re
from collections.abc import Sequence

from rfcalc import __version__
from rfcalc.architectures.listed import Listed
from rfcalc.documents import Data
from rfcalc.render.document import Column, Document, Table, by_axis
from rfcalc.render.fields import extents, unbounded_data

__all__ = ["zoo_document"]


def zoo_document(found: Sequence[Listed]) -> Document:
    """Return the list of shipped networks."""
    columns = (
        Column("network", "left", 100),
        Column("rf", keep=99),
        Column("jump", keep=98),
        Column("verdict", "left", 97),
        Column("density", keep=80),
        Column("gridded stages", keep=95),
        Column("input", keep=70),
        Column("layers", keep=60),
        Column("source", "left", 90),
        Column("published", "left", 20),
    )
    rows = tuple(
        (
            item.name,
            extents(item.seen.rf, item.seen.unbounded),
            by_axis(item.seen.jump),
            item.seen.verdict,
            "-" if item.seen.density is None else f"{item.seen.density:.3f}",
            _stage_count(item),
            by_axis(item.input),
            str(item.layers),
            _short(item.source),
            item.published,
        )
        for item in found
    )
    title = f"{len(found)} published networks; rfcalc zoo NAME prints one"
    return Document((Table(title, columns, rows),), _data(found))


def _data(found: Sequence[Listed]) -> dict[str, Data]:
    return {
        "rfcalc": __version__,
        "networks": [
            {
                "name": item.name,
                "title": item.title,
                "source": item.source,
                "published": item.published,
                "input": None if item.input is None else list(item.input),
                "layers": item.layers,
                "rf": list(item.seen.rf),
                "jump": list(item.seen.jump),
                "cells": item.seen.cells if item.seen.bounded else None,
                "density": item.seen.density,
                "verdict": item.seen.verdict,
                "unbounded": unbounded_data(item.seen.unbounded),
                "stages": [
                    {
                        "source": stage.source,
                        "target": stage.target,
                        "rf": list(stage.rf),
                        "density": stage.density,
                        "holes": stage.holes,
                        "largest_hole": list(stage.largest_hole),
                    }
                    for stage in item.stages
                ],
            }
            for item in found
        ],
    }


def _stage_count(item: Listed) -> str:
    """Return how many of the dilated stages sample their own input with holes."""
    if not item.stages:
        return "-"
    return f"{sum(stage.holes for stage in item.stages)} of {len(item.stages)}"


def _short(source: str) -> str:
    """Return authors and year of a citation."""
    found = re.match(r"(.+?), (\d{4})\b", source)
    return f"{found[1]} {found[2]}" if found else source
