"""How near two words are. No engine in it: each engine brings the words that it has.

Distances count a letter too many, too few, wrong, or two neighbours swapped (Damerau-Levenshtein).
"""

from __future__ import annotations


def within_one(a: str, b: str) -> bool:
    """Tell whether two words are equal or one slip apart."""
    if a == b:
        return True
    if abs(len(a) - len(b)) > 1:
        return False
    if len(a) > len(b):
        a, b = b, a
    i = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(a))
    if len(a) < len(b):
        return a[i:] == b[i + 1 :]
    swapped = b[i : i + 2][::-1] == a[i : i + 2] and a[i + 2 :] == b[i + 2 :]
    return swapped or a[i + 1 :] == b[i + 1 :]


def distance(a: str, b: str, most: int) -> int:
    """Count the slips between two words; anything beyond `most` comes out as `most + 1`."""
    if abs(len(a) - len(b)) > most:
        return most + 1
    a, b = _differing(a, b)
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            cost = min(last[j] + 1, row[-1] + 1, last[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before, last = last, row
    return last[-1] if last[-1] <= most else most + 1


def _differing(a: str, b: str) -> tuple[str, str]:
    """Leave out what two words begin and end with in common: most slips are few letters wide."""
    while a and b and a[0] == b[0]:
        a, b = a[1:], b[1:]
    while a and b and a[-1] == b[-1]:
        a, b = a[:-1], b[:-1]
    return a, b
