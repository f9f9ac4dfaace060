"""The code proposed for a new workshop: the next one in the row of codes that are used."""

import re
from collections.abc import Iterable

_NUMBERED = re.compile(r"(?P<stem>.*?)(?P<year>20\d\d)(?P<between>\D*)(?P<number>\d+)")
_FIRST = ("WS-", "-", 2)  # stem, what stands before the number, digits of the number


def proposed_code(codes: Iterable[str], year: int) -> str:
    """Return a code nobody uses: "WS-2026-02" after "WS-2026-01", "WS-2026-01" when there is none.

    The newest year's way of writing is kept.
    """
    used = list(codes)
    known = [found for code in used if (found := _NUMBERED.fullmatch(code.strip()))]
    stem, between, digits = _FIRST
    if known:
        newest = max(known, key=lambda one: (one["year"], int(one["number"])))
        stem, between, digits = newest["stem"], newest["between"], len(newest["number"])
    numbers = [
        int(one["number"])
        for one in known
        if one["year"] == str(year) and one["stem"].casefold() == stem.casefold()
    ]
    number = max(numbers, default=0) + 1
    taken = {code.casefold() for code in used}
    while (code := f"{stem}{year}{between}{number:0{digits}}").casefold() in taken:
        number += 1
    return code
