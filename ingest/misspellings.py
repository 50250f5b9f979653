"""Which words mean "candidacy": the word, its cousins, and what hurried typing makes of them.

"candidancy", "canadidacy", "candicacy", "candidature", "candidency" all stood in real subjects. A
list would never end, so a word counts when it lies within two slips of one of the right ones.
"""

from __future__ import annotations

from functools import lru_cache

_RIGHT = ("candidacy", "candidature", "candidateship")
# Within two slips of "candidacy", and yet other words.
_OTHER = {
    "candidate",
    "candidates",
    "candid",
    "candidly",
    "candida",
    "candies",
    "candidacies",
    "canada",
}
_SLIPS = 2


@lru_cache(maxsize=4096)
def is_candidacy_word(word: str) -> bool:
    """Whether a word is "candidacy" or a slip of the pen away from it; plurals are not one's
    own."""
    low = word.lower().strip(".'’-:")
    if low in _OTHER or not low.startswith("c") or not 6 <= len(low) <= 14:
        return False
    return any(slips(low, right) <= _SLIPS for right in _RIGHT)


def slips(one: str, other: str) -> int:
    """Count letters left out, put in, exchanged or swapped with their neighbour (Damerau)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        older, before = before, row
        row = [i]
        for j, right in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]
