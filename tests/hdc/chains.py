"""Which cells does a chain sample? The bits of an integer, one shift and or per element."""

from functools import reduce


def spread(bits, step, kernel):
    return reduce(lambda total, t: total | bits << (step * t), range(kernel), 0)


def mask(steps, kernels):
    return reduce(lambda bits, move: spread(bits, *move), zip(steps, kernels, strict=True), 1)


def hole(bits):
    """Longest run of zeros between two ones."""
    return max(map(len, bin(bits)[2:].split("1")))


def first_zero(bits):
    """The lowest bit that is not set, None where all are."""
    low = (~bits & (bits + 1)).bit_length() - 1
    return low if low < bits.bit_length() else None


def multisets(types, layers):
    """Every multiset of layers with its mask, built layer upon layer."""

    def extend(chosen, bits, begin, left):
        for number in range(begin, len(types)):
            step, kernel = types[number]
            here = (*chosen, types[number])
            made = spread(bits, step, kernel)
            yield here, made
            if left > 1:
                yield from extend(here, made, number, left - 1)

    return extend((), 1, 0, layers)
