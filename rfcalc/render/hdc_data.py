"""How is the verdict on a schedule written as data?"""

from rfcalc.cells import Cells
from rfcalc.documents import Data
from rfcalc.hdc import Group, HdcVerdict

__all__ = ["hdc_data"]

MISSING_LIMIT = 1000
"""Most missing offsets that are listed one by one."""


def hdc_data(verdict: HdcVerdict) -> dict[str, Data]:
    """Return a verdict as data."""
    sampled, evenness = verdict.sampled, verdict.evenness
    return {
        "dilations": list(verdict.dilations),
        "kernels": list(verdict.kernels),
        "strides": list(verdict.strides),
        "steps": list(verdict.steps),
        "ok": verdict.ok,
        "strict": verdict.strict,
        "published": {
            "ok": verdict.published,
            "ok_pairwise": verdict.published_pairwise,
            "gap_rule": verdict.gap_holds,
            "no_common_factor": verdict.factor_holds,
            "no_common_factor_pairwise": verdict.pairs_hold,
            "sawtooth": verdict.sawtooth,
            "groups": [_group(group) for group in verdict.groups],
            "whole": _group(verdict.whole),
        },
        "exact": {
            "hole_free": verdict.hole_free,
            "rf": verdict.rf,
            "cells": verdict.cells,
            "largest_hole": verdict.largest_hole,
            "first_missing": verdict.first_missing,
            "failing": verdict.failing,
            "missing": None if sampled is None else _missing(sampled),
            "sublattices": verdict.sublattices,
            "corrected": list(verdict.corrected),
            "evenness": {
                "even": evenness.even,
                "cv": evenness.cv,
                "least": evenness.least,
                "most": evenness.most,
            },
        },
        "reasons": list(verdict.reasons),
        "warnings": list(verdict.warnings),
    }


def _missing(sampled: Cells) -> list[int] | None:
    """Return the missing offsets, ``None`` when they are too many to list."""
    if sampled.extent - sampled.count > MISSING_LIMIT or sampled.extent > 1 << 20:
        return [] if sampled.solid else None
    present = set(sampled)
    return [i for i in range(sampled.start, sampled.stop) if i not in present]


def _group(group: Group) -> dict[str, Data]:
    return {
        "dilations": list(group.dilations),
        "M": list(group.gaps),
        "m2": group.m2,
        "kernel": group.kernel,
        "gap_rule": group.gap_holds,
        "common_factor": group.common_factor,
        "pairs": [list(pair) for pair in group.pairs],
    }
