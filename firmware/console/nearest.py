# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Which known word was probably meant."""


def edit_distance(a, b):
    """Insertions, removals, replacements and swaps of neighbours that make b of a."""
    before, above = [], list(range(len(b) + 1))
    for i, ca in enumerate(a):
        row = [i + 1]
        for j, cb in enumerate(b):
            best = min(row[j] + 1, above[j + 1] + 1, above[j] + (ca != cb))
            if i and j and ca == b[j - 1] and a[i - 1] == cb:
                best = min(best, before[j - 1] + 1)
            row.append(best)
        before, above = above, row
    return above[-1]


def nearest(word, known):
    """The known word that `word` begins, or is at most two edits away from; None if there is none."""
    word = word.lower()[:20]
    begun = [k for k in known if word and k.startswith(word)]
    if begun:
        return begun[0]
    distance, found = min((edit_distance(word, k), k) for k in known)
    return found if distance <= min(2, len(found) - 2) else None
