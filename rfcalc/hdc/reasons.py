"""Why do the published rules and the exact verdict differ, where they do?"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rfcalc.hdc.verdict import HdcVerdict

__all__ = ["reasons"]


def reasons(verdict: "HdcVerdict") -> tuple[str, ...]:
    """Say why the published rules and the exact verdict differ, where they do."""
    if verdict.published == verdict.hole_free:
        return ()
    if max(verdict.kernels) == 1:
        return ("kernels of 1 read one cell whatever their dilation; the rules ask for wider ones",)
    found: list[str] = []
    smallest = min(
        (e for e, k in zip(verdict.steps, verdict.kernels, strict=True) if k > 1), default=1
    )
    if verdict.published:
        if smallest > 1:
            found.append(
                f"the rule on M_2 takes the smallest step to be 1; here it is {smallest}, and "
                "nothing samples between its multiples"
            )
        if any(k != 3 for k in verdict.kernels):
            found.append("the rule's factor 2 is K - 1 for K = 3 only; here K differs")
        if not found:
            found.append(
                f"the rule is applied group by group; over all layers the step "
                f"{verdict.failing} exceeds the field built by the smaller ones"
            )
        return tuple(found)
    if not verdict.sawtooth:
        found.append("the sawtooth is a way to reach a hole-free schedule, not a condition for it")
    if not verdict.factor_holds:
        found.append("a common factor within a group leaves no hole when another layer has step 1")
    if not verdict.gap_holds:
        found.append(
            "M_2 depends on the order of the layers and on its literal 2; the mask does not "
            "depend on the order"
        )
    return tuple(found)
