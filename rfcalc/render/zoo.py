"""How are the shipped networks listed? What each sees, and what was published of it."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from rfcalc import __version__
from rfcalc.gridding.glance import Glance, stage_glances
from rfcalc.gridding.glance import glance as look
from rfcalc.loading import load
from rfcalc.render.document import Column, Document, Table, by_axis
from rfcalc.render.fields import extents, unbounded_data
from rfcalc.zoo import zoo_text

__all__ = ["Specimen", "specimen", "zoo_document"]


class Specimen(msgspec.Struct, frozen=True, kw_only=True):
    """A shipped network: its header, what its output sees of the input, its dilated stages."""

    name: str
    title: str
    source: str
    published: str
    input: tuple[int, ...] | None
    layers: int
    seen: Glance
    stages: tuple[Glance, ...]

    @property
    def gridded(self) -> tuple[Glance, ...]:
        """The dilated stages that sample their own input with holes."""
        return tuple(stage for stage in self.stages if stage.holes)

    @property
    def verdict(self) -> str:
        """What the output's mask is: hole-free, holes, corners missing, or unbounded."""
        if not self.seen.extents:
            return "unbounded"
        if not self.seen.holes:
            return "hole-free"
        return "holes" if max(self.seen.gaps) else "corners missing"


def specimen(name: str) -> Specimen:
    """Return a shipped network as the list shows it.

    Raises
    ------
    RfcalcError
        RF117: there is no network of that name.
    """
    network = load(f"zoo:{name}")
    text = zoo_text(name)
    return Specimen(
        name=name,
        title=text.partition("\n")[0].lstrip("# "),
        source=_header(text, "source"),
        published=_header(text, "published"),
        input=network.input,
        layers=len(network.nodes) - 1,
        seen=look(network, 0, network.output),
        stages=tuple(seen for _, seen in stage_glances(network)),
    )


def zoo_document(found: Sequence[Specimen]) -> Document:
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
            item.verdict,
            f"{item.seen.density:.3f}" if item.seen.extents else "-",
            f"{len(item.gridded)} of {len(item.stages)}" if item.stages else "-",
            by_axis(item.input),
            str(item.layers),
            _short(item.source),
            item.published,
        )
        for item in found
    )
    title = f"{len(found)} published networks; rfcalc zoo NAME prints one"
    return Document((Table(title, columns, rows),), _data(found))


def _data(found: Sequence[Specimen]) -> dict[str, Any]:
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
                "cells": item.seen.cells if item.seen.extents else None,
                "density": item.seen.density if item.seen.extents else None,
                "verdict": item.verdict,
                "unbounded": unbounded_data(item.seen.unbounded),
                "stages": [
                    {
                        "source": stage.source,
                        "target": stage.layer,
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


def _header(text: str, key: str) -> str:
    """Return what the comment at the top of a network file says under a key."""
    found = re.search(rf"^# {key}: *(.+)$", text, re.MULTILINE)
    return found[1].strip() if found else ""


def _short(source: str) -> str:
    """Return authors and year of a citation."""
    found = re.match(r"(.+?), (\d{4})\b", source)
    return f"{found[1]} {found[2]}" if found else source
