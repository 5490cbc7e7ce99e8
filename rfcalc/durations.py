"""What do `rate="16k"` and `"10ms"` say? Samples per second, and seconds or samples."""

import re
from fractions import Fraction

from rfcalc.errors import fail, many

__all__ = ["frame_of", "in_time", "rate_of", "seconds_of"]

_PREFIXES = {"": 1, "k": 10**3, "K": 10**3, "M": 10**6}
_UNITS = {"s": Fraction(1), "ms": Fraction(1, 10**3), "us": Fraction(1, 10**6)}
_NUMBER = r"[0-9]+(?:\.[0-9]*)?|\.[0-9]+"
_LONGEST = 40


def rate_of(rate: float | Fraction | str | None) -> Fraction | None:
    """Return the samples per second of a rate, a number or a text; ``None`` where none is given.

    Raises
    ------
    RfcalcError
        RF406: no number, or one that is out of range.

    >>> rate_of("16k"), rate_of("44.1 kHz"), rate_of("1/3")
    (Fraction(16000, 1), Fraction(44100, 1), Fraction(1, 3))
    """
    if rate is None:
        return None
    text = str(rate)
    plain = re.sub(r"\s*(hz|samples/s)$", "", text.strip(), flags=re.IGNORECASE).strip()
    found = Fraction(0)
    if len(plain) <= _LONGEST:
        match = re.fullmatch(rf"({_NUMBER}|[0-9]+/[0-9]+)\s*([kKM]?)", plain)
        try:
            found = Fraction(match[1]) * _PREFIXES[match[2]] if match else Fraction(float(plain))
        except (ValueError, ZeroDivisionError, OverflowError):
            found = Fraction(0)
    if not Fraction(1, 10**12) <= found <= 10**12:
        help = "samples per second, as in `rate=16000` or `rate='16k'`"
        raise fail("RF406", f"`rate=` is '{text}'", help)
    return found


def seconds_of(text: str) -> Fraction | None:
    """Return the seconds of a time, ``None`` for what is none.

    >>> seconds_of("20ms"), seconds_of("1.5 s"), seconds_of("20")
    (Fraction(1, 50), Fraction(3, 2), None)
    """
    plain = text.strip()
    match = re.fullmatch(rf"({_NUMBER})\s*(s|ms|us)", plain) if len(plain) <= _LONGEST else None
    return Fraction(match[1]) * _UNITS[match[2]] if match else None


def in_time(samples: int, rate: Fraction | None) -> str:
    """Return samples in words, and in seconds where the rate is known.

    >>> in_time(160, None), in_time(1, Fraction(16000))
    ('160 samples', '1 sample (6.25e-05 s)')
    """
    told = many(samples, "sample")
    return told if rate is None else f"{told} ({float(samples / rate):.6g} s)"


def frame_of(text: str, rate: Fraction | None) -> int:
    """Return the samples of a frame, a number of them or a time.

    Raises
    ------
    RfcalcError
        RF406: neither, a time without a rate, or one of no whole number of samples.

    >>> frame_of("160", None), frame_of("10ms", Fraction(16000))
    (160, 160)
    """
    plain = text.strip()
    if re.fullmatch(r"[-+]?[0-9]{1,18}", plain):
        return int(plain)
    seconds = seconds_of(plain)
    if seconds is None:
        help = "samples, or a time with `rate=`: `frame=160`, `frame='10ms'`"
        raise fail("RF406", f"`frame=` is '{text}'", help)
    if rate is None:
        fact = f"`frame=` is '{text}', a time, and no rate is given"
        raise fail("RF406", fact, "give the samples per second, as in `rate='16k'`")
    samples = seconds * rate
    if samples.denominator != 1:
        low = samples.numerator // samples.denominator
        near = [n for n in (low, low + 1) if n]
        word = plain.lstrip("0123456789. ")
        times = " and ".join(f"{float(n / rate / _UNITS[word]):.6g}{word}" for n in near)
        fact = f"`frame={text!r}` is {float(samples):.6g} samples at {float(rate):g} a second"
        whole = " or ".join(f"`frame={n}`" for n in near)
        raise fail("RF406", fact, f"take whole samples: {whole}, which last {times}")
    return int(samples)
