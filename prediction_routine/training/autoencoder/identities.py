"""Whose faces are whose: embeddings grouped into people, so that strangers in the footage are left out."""

import numpy as np

from faceswap.arrays import Floats, Ints

#: A face belongs to a person when its embedding's cosine to the mean of theirs is at least this. SFace's own bound for two
#: single pictures is 0.363; a mean is nearer to each of its faces, and further from strangers'.
SAME_PERSON = 0.5


def grouped(embeddings: Floats) -> Ints:
    """The number of each face's person, int32 (n,), 0 being who is seen most; `embeddings` unit float32 (n, 128)."""
    sums: list[Floats] = []
    chosen = np.zeros(len(embeddings), np.int32)
    for i, embedding in enumerate(embeddings):
        likeness = [float(unit(total) @ embedding) for total in sums]
        best = int(np.argmax(likeness)) if likeness else -1
        if best >= 0 and likeness[best] >= SAME_PERSON:
            sums[best] = sums[best] + embedding
        else:
            best = len(sums)
            sums.append(embedding.copy())
        chosen[i] = best
    return _by_size(_joined(sums, chosen))


def unit(vector: Floats) -> Floats:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), np.float32)


def _joined(sums: list[Floats], chosen: Ints) -> Ints:
    """Groups that began apart and whose means came together become one."""
    people = dict(enumerate(sums))
    while len(people) > 1:
        numbers = list(people)
        means = np.stack([unit(people[number]) for number in numbers])
        likeness = np.triu(means @ means.T, 1)
        first, second = np.unravel_index(int(likeness.argmax()), likeness.shape)
        if likeness[first, second] < SAME_PERSON:
            break
        kept, gone = numbers[first], numbers[second]
        people[kept] = people[kept] + people.pop(gone)
        chosen = np.where(chosen == gone, kept, chosen).astype(np.int32)
    return chosen


def _by_size(chosen: Ints) -> Ints:
    numbers, places, counts = np.unique(chosen, return_inverse=True, return_counts=True)
    ranks = np.empty(len(numbers), np.int32)
    ranks[np.argsort(-counts, kind="stable")] = np.arange(len(numbers))
    return np.asarray(ranks[places], np.int32)
