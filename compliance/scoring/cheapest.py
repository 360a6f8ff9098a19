"""The cheapest choice that gains enough: an exact search over Pareto fronts.

Every group offers choices of which one is taken; groups stand in blocks (the modules), each with a
gain of its own that must be reached. A front holds the choices of a block that no other beats in
both cost and gain. Blocks are joined one after the other; a state is dropped once even the convex
hulls of the blocks to come, which no choice undercuts, cannot bring it below a solution in hand.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TypeAlias

Point: TypeAlias = tuple[int, int]  # cost, gain
Front: TypeAlias = list[Point]  # both strictly rising


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to do about a question: what it costs, what it gains, and what it leaves open."""

    cost: int
    gain: int  # in the block's own unit
    breaches: int = 0  # 1: a red line stays breached


@dataclass(frozen=True, slots=True)
class Block:
    """The questions of a module; the first choice of each is to leave it, where that is allowed."""

    groups: tuple[tuple[Choice, ...], ...]
    least: int  # gain that the block must reach by itself
    worth: int  # overall gain for one unit of gain


def cheapest(blocks: Sequence[Block], need: int, breaches_allowed: int) -> int | None:
    """The least cost with an overall gain of `need`; None where nothing reaches it."""
    layers = [_fronts(block, breaches_allowed) for block in blocks]
    if not all(any(layer) for layer in layers):
        return None
    hulls = [_hull(_best(point for front in layer for point in front)) for layer in layers]
    most = _most(layers, need)
    states: list[Front] = [[(0, 0)], *([] for _ in range(breaches_allowed))]
    for position, layer in enumerate(layers):
        rest = _Bound(hulls[position + 1 :])
        others = _Bound(hulls[:position] + hulls[position + 1 :])
        near = [
            [p for p in front if others.least(need - p[1], most) + p[0] <= most] for front in layer
        ]
        states = _join(states, near, rest, need, most)
    costs = [cost for front in states for cost, gain in front if gain >= need]
    return min(costs, default=None)


def _fronts(block: Block, breaches_allowed: int) -> list[Front]:
    """For each number of breaches left open, the front of the block in overall gain."""
    fronts: list[Front] = [[(0, 0)], *([] for _ in range(breaches_allowed))]
    for group in block.groups:
        fronts = [
            _best(
                (cost + choice.cost, gain + choice.gain)
                for choice in group
                if choice.breaches <= open_
                for cost, gain in fronts[open_ - choice.breaches]
            )
            for open_ in range(breaches_allowed + 1)
        ]
    return [[(c, gain * block.worth) for c, gain in f if gain >= block.least] for f in fronts]


def _best(points: Iterable[Point]) -> Front:
    """Those that no other beats, by rising cost."""
    front: Front = []
    most = -1
    for cost, gain in sorted(points):
        if gain > most:
            front.append((cost, gain))
            most = gain
    return front


def _hull(front: Front) -> Front:
    """The lower convex hull: cost for each further gain never falls."""
    hull: Front = []
    for cost, gain in front:
        while len(hull) > 1:
            (cost_a, gain_a), (cost_b, gain_b) = hull[-2:]
            if (cost_b - cost_a) * (gain - gain_b) < (cost - cost_b) * (gain_b - gain_a):
                break
            hull.pop()
        hull.append((cost, gain))
    return hull


class _Bound:
    """The least cost of a gain over several hulls: their cheapest stretches first."""

    def __init__(self, hulls: Sequence[Front]) -> None:
        steps = [(b[0] - a[0], b[1] - a[1]) for hull in hulls for a, b in pairwise(hull)]
        steps.sort(key=_Slope)
        self.steps = steps
        costs, gains = [step[0] for step in steps], [step[1] for step in steps]
        self.costs = list(accumulate(costs, initial=sum(hull[0][0] for hull in hulls)))
        self.gains = list(accumulate(gains, initial=sum(hull[0][1] for hull in hulls)))

    def least(self, gain: int, most: int) -> int:
        """No choice gains so much for less; more than `most` where none gains it at all."""
        if gain <= self.gains[0]:
            return self.costs[0]
        if gain > self.gains[-1]:
            return most + 1
        position = bisect_left(self.gains, gain) - 1
        cost, step = self.steps[position]
        return self.costs[position] + -(-cost * (gain - self.gains[position]) // step)

    def whole(self, gain: int) -> int | None:
        """The cost of a real choice: whole stretches until the gain is there."""
        position = bisect_left(self.gains, gain)
        return self.costs[position] if position < len(self.costs) else None


class _Slope:
    """Orders stretches by cost for a unit of gain, exactly."""

    __slots__ = ("cost", "gain")

    def __init__(self, step: Point) -> None:
        self.cost, self.gain = step

    def __lt__(self, other: "_Slope") -> bool:
        return self.cost * other.gain < other.cost * self.gain


def _most(layers: Sequence[list[Front]], need: int) -> int:
    """The cost of a solution in hand: without open breaches where that is possible."""
    everything = sum(max(front[-1][0] for front in layer if front) for layer in layers)
    if not all(layer[0] for layer in layers):
        return everything
    in_hand = _Bound([_hull(layer[0]) for layer in layers]).whole(need)
    return everything if in_hand is None else min(in_hand, everything)


def _join(
    states: list[Front], layer: list[Front], rest: _Bound, need: int, most: int
) -> list[Front]:
    """Each state with each choice of the next block, without those that can't win any more."""
    joined: list[Front] = []
    for open_ in range(len(states)):
        points = _best(
            (cost + more, gain + gained)
            for before in range(open_ + 1)
            for cost, gain in states[before]
            for more, gained in layer[open_ - before]
            if cost + more <= most
        )
        joined.append([p for p in points if p[0] + rest.least(need - p[1], most) <= most])
    return joined
