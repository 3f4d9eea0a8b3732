"""Parts made better in place: a few that adjoin are joined and cut anew along random spanning trees.

Better is: less weight out of range, then fewer parts out of range, then less load out of its range, then less weight moved
from today's parts, then shorter borders, to which what is away from the ideal load may add. The trees keep long borders
together, and what is together today, so that cuts are short and changes small. k parts are cut into k, and while one of them is out of
range also into k - 1 or k + 1.
After DeFord, Duchin, Solomon 2021, Recombination.
"""

from __future__ import annotations

import heapq

import numpy as np

from geodata.compiled import compiled, inner
from geodata.districting.graph import Net
from geodata.districting.parts import FREE, HELD, OUT, Aim, Parts
from geodata.districting.region import Cut, Region, Tree
from geodata.topology.grid import Floats, Integers

MOST = 10
"""How many parts are joined at most."""
GO_ON = -1
"""In place of a seed: no new one."""
TOGETHER = 10.0
"""How many times its length a border within a part of today counts in a spanning tree."""

LENIENCE = 0.01
"""By how much of the lower limit a recut may be worse, on average, in hard cases."""


@inner
def outside(weight: float, count: int, limits: Aim) -> float:
    """Return how far a weight is from what `count` parts may have together."""
    return max(0.0, count * limits.low - weight, weight - count * limits.high)


@inner
def beside(load: float, count: int, limits: Aim) -> float:
    """Return how far a load is from what `count` parts should have together."""
    return max(0.0, count * limits.least - load, load - count * limits.most)


@inner
def away_m(load: float, count: int, limits: Aim) -> float:
    """Return as a length how far a load is from the ideal of `count` parts together."""
    share = load / (count * limits.ideal) - 1
    return count * limits.pull_m * share * share


@compiled
def improve(net: Net, parts: Parts, limits: Aim, steps: int, share: float, seed: int) -> None:
    """Recut `steps` times: `share` of them a part out of range with one to MOST - 1 neighbours, the rest any with one or two.

    Where there are parts of today, of those in range only the ones with something that was moved are recut. With a share of
    1 it is for hard cases: what gets worse by a little is kept, so that what is too much wanders until it finds room; it
    ends as soon as no part is out of range. With a seed of GO_ON the chances of the call before go on.
    """
    if seed != GO_ON:
        np.random.seed(seed)
    local, chosen = np.full(len(net.weight), -1), np.empty(MOST, np.int64)
    for _ in range(steps):
        if parts.tally[OUT] > 0 and np.random.random() < share:
            chosen[0] = parts.out[np.random.randint(parts.tally[OUT])]
            breadth = min(2 - int(1.5 * np.log(1 - np.random.random())), MOST)
        elif share >= 1:
            break
        else:
            node = np.random.randint(len(net.weight))
            chosen[0] = parts.label[node]
            if len(parts.holder) > 0 and parts.origin[node] == parts.name[chosen[0]]:
                continue
            breadth = 2 + int(np.random.random() < 0.2)
        lenience = -LENIENCE * limits.low * np.log(1 - np.random.random()) if share >= 1 else 0.0
        _recut(net, parts, limits, chosen[: _gather(net, parts, chosen, breadth)], local, lenience)


@inner
def _gather(net: Net, parts: Parts, chosen: Integers, breadth: int) -> int:
    """Add neighbours to the first of `chosen` up to `breadth` parts, at random by their borders; return how many there are."""
    for count in range(1, breadth):
        total_m, found = 0.0, -1
        for part in chosen[:count]:
            node = parts.first[part]
            while node >= 0:
                for edge in range(net.start[node], net.start[node + 1]):
                    other = parts.label[net.neighbour[edge]]
                    if other != part and not (chosen[:count] == other).any():
                        total_m += net.length_m[edge]
                        if np.random.random() * total_m < net.length_m[edge]:
                            found = other
                node = parts.following[node]
        if found < 0:
            return count
        chosen[count] = found
    return breadth


@inner
def _recut(net: Net, parts: Parts, limits: Aim, chosen: Integers, local: Integers, lenience: float) -> None:
    """Join the chosen parts, cut them anew, and keep that if it is better, or not too much worse.

    `lenience` is the weight that may come to lie out of range beside what does. `local` is -1 for every node, before and after.
    """
    region, before = _region(net, parts, chosen, local)
    count = len(chosen)
    if parts.place[chosen].max() >= 0 and not limits.fixed:
        count = min(_count(region.weight.sum(), count, limits), len(region.nodes))
    old = _cut(region, before, len(chosen), limits, np.arange(len(chosen)))
    after = _divide(region, count, limits)
    if np.bincount(after, minlength=count).min() == 0:  # too few nodes were left for the last pieces
        return
    new = _cut(region, after, count, limits, np.full(count, -1))
    better = (new.outside, new.out, new.beside, new.moved, new.length_m) < (old.outside, old.out, old.beside, old.moved, old.length_m)
    worse = max(new.outside - old.outside, new.beside - old.beside)
    if better or (new.out <= old.out and lenience > 0 and worse <= lenience):
        _replace(parts, chosen, region, after, new, limits)


@inner
def _count(weight: float, count: int, limits: Aim) -> int:
    """Return into how many parts to cut: one more or less or as many, where the range allows it; else one of the nearest numbers."""
    least, most = max(1, int(np.ceil(weight / limits.high))), int(weight / max(limits.low, 1e-9))
    if least > most:
        return max(1, least - np.random.randint(2))
    return min(max(count + np.random.randint(3) - 1, least), most)


@inner
def _region(net: Net, parts: Parts, chosen: Integers, local: Integers) -> tuple[Region, Integers]:
    """Return the nodes of the chosen parts with the borders among them, and for each its place in `chosen`."""
    nodes, piece = _nodes(parts, chosen)
    for place, node in enumerate(nodes):
        local[node] = place
    most = (net.start[nodes + 1] - net.start[nodes]).sum()
    start, neighbour, length_m = np.zeros(len(nodes) + 1, np.int64), np.empty(most, np.int64), np.empty(most)
    count = 0
    for place, node in enumerate(nodes):
        for edge in range(net.start[node], net.start[node + 1]):
            if local[net.neighbour[edge]] >= 0:
                neighbour[count], length_m[count] = local[net.neighbour[edge]], net.length_m[edge]
                count += 1
        start[place + 1] = count
    local[nodes] = -1
    home, names = _homes(parts, chosen, nodes)
    weight, load, held = net.weight[nodes], net.load[nodes], parts.held[nodes]
    return Region(nodes, weight, load, home, held, names, start, neighbour[:count], length_m[:count]), piece


@inner
def _nodes(parts: Parts, chosen: Integers) -> tuple[Integers, Integers]:
    """Return the nodes of the chosen parts, and for each its place in `chosen`."""
    nodes, piece = [], []
    for place, part in enumerate(chosen):
        node = parts.first[part]
        while node >= 0:
            nodes.append(node)
            piece.append(place)
            node = parts.following[node]
    return np.array(nodes), np.array(piece)


@inner
def _homes(parts: Parts, chosen: Integers, nodes: Integers) -> tuple[Integers, Integers]:
    """Return each node's home in the region, and the names there."""
    home, names = np.full(len(nodes), -1), [parts.name[part] for part in chosen]
    if len(parts.holder) > 0:
        for place, node in enumerate(nodes):
            today = parts.origin[node]
            if today >= 0 and parts.holder[today] < 0 and today not in names:
                names.append(today)
            if today >= 0 and today in names:
                home[place] = names.index(today)
    return home, np.array(names)


@inner
def _divide(region: Region, count: int, limits: Aim) -> Integers:
    """Return for each node its piece, from 0; one piece after the other is cut off a spanning tree of what remains."""
    piece = np.zeros(len(region.nodes), np.int64)
    for serial in range(count - 1, 0, -1):
        tree = _spanning(region, piece)
        if len(tree.order) > 1:
            branch, within = _branch(tree, serial, limits)
            side = np.zeros(len(tree.order), np.bool_)
            side[branch] = True
            for place in range(branch + 1, len(side)):
                side[place] |= side[tree.parent[place]]
            piece[tree.order[side == within]] = serial
    return piece


@inner
def _branch(tree: Tree, others: int, limits: Aim) -> tuple[int, bool]:
    """Return the best branch to cut, and whether it is the one piece (else it is what remains, for `others` pieces)."""
    best, found = (np.inf, np.inf, np.inf, np.inf), (0, True)
    for place in range(1, len(tree.order)):
        one, rest = tree.weight[place], tree.weight[0] - tree.weight[place]
        branch = outside(one, 1, limits) + outside(rest, others, limits)
        trunk = outside(rest, 1, limits) + outside(one, others, limits)
        if min(branch, trunk) <= best[0]:
            within = branch <= trunk
            near, far = tree.load[place], tree.load[0] - tree.load[place]
            mine, left = (near, far) if within else (far, near)
            past = beside(mine, 1, limits) + beside(left, others, limits)
            away = away_m(mine, 1, limits) + away_m(left, others, limits)
            worth = (min(branch, trunk), past, _lost(tree.home[0], tree.home[place], within, others), tree.cut_m[place] + away)
            if worth < best:
                best, found = worth, (place, within)
    return found


@inner
def _lost(whole: Floats, branch: Floats, within: bool, others: int) -> float:
    """Return the weight that leaves home if the branch (else what remains) becomes one piece, but for a constant."""
    lost = kept = 0.0
    for one in range(len(whole)):
        here = branch[one] if within else whole[one] - branch[one]
        lost += here
        kept = max(kept, here)
        for other in range(len(whole) if others == 1 else 0):
            if other != one:
                kept = max(kept, here + (whole[other] - branch[other] if within else branch[other]))
    return -kept if others == 1 else lost - kept


@inner
def _spanning(region: Region, piece: Integers) -> Tree:
    """Return a spanning tree of the nodes of piece 0, the least for random edges that are shorter where borders are long (Prim)."""
    count = len(region.nodes)
    order, parent, place = np.empty(count, np.int64), np.empty(count, np.int64), np.full(count, -1)
    heap = [(0.0, int(np.argmin(piece)), -1)]
    grown = 0
    while heap:
        _, node, above = heapq.heappop(heap)
        if place[node] < 0:
            place[node], order[grown], parent[grown] = grown, node, above
            for edge in range(region.start[node], region.start[node + 1]):
                other = region.neighbour[edge]
                if piece[other] == 0 and place[other] < 0:
                    bond_m = region.length_m[edge] * (TOGETHER if region.home[other] == region.home[node] else 1.0)
                    heapq.heappush(heap, (-np.log(1 - np.random.random()) / bond_m, other, grown))
            grown += 1
    return _summed(region, order[:grown], parent[:grown], place)


@inner
def _summed(region: Region, order: Integers, parent: Integers, place: Integers) -> Tree:
    """Return the tree with the sums over its branches: a border within a branch is taken out where its two ends meet."""
    weight, load, cut_m = region.weight[order], region.load[order], np.zeros(len(order))
    home = np.zeros((len(order), len(region.names) if region.home.max() >= 0 else 0))
    for here, node in enumerate(order):
        if region.home[node] >= 0:
            home[here, region.home[node]] = region.weight[node]
        for edge in range(region.start[node], region.start[node + 1]):
            there = place[region.neighbour[edge]]
            if 0 <= there < here:
                cut_m[here] += region.length_m[edge]
                cut_m[there] += region.length_m[edge]
                cut_m[_meeting(parent, here, there)] -= 2 * region.length_m[edge]
    for here in range(len(order) - 1, 0, -1):
        weight[parent[here]] += weight[here]
        load[parent[here]] += load[here]
        cut_m[parent[here]] += cut_m[here]
        for name in range(home.shape[1]):
            home[parent[here], name] += home[here, name]
    return Tree(order, parent, weight, load, cut_m, home)


@inner
def _meeting(parent: Integers, one: int, other: int) -> int:
    """Return where the ways from two places to the root meet."""
    while one != other:
        one, other = max(one, other), min(one, other)
        one = parent[one]
    return one


@inner
def _cut(region: Region, piece: Integers, count: int, limits: Aim, name: Integers) -> Cut:
    """Return what a division is worth; `name` gives the places of the pieces' names, or -1 for all: they are then found."""
    weight, load, length_m, out, away, past = np.zeros(count), np.zeros(count), 0.0, 0, 0.0, 0.0
    home = np.zeros((count, len(region.names)))
    for node in range(len(piece)):
        weight[piece[node]] += region.weight[node]
        load[piece[node]] += region.load[node]
        if region.home[node] >= 0:
            home[piece[node], region.home[node]] += region.weight[node] + HELD * region.held[node]
        for edge in range(region.start[node], region.start[node + 1]):
            if piece[region.neighbour[edge]] > piece[node]:
                length_m += region.length_m[edge]
    for serial in range(count):
        out += int(outside(weight[serial], 1, limits) > 0)
        away += outside(weight[serial], 1, limits)
        past += beside(load[serial], 1, limits)
        length_m += away_m(load[serial], 1, limits)
    moved = home.sum()
    if moved > 0:
        if name[0] < 0:
            _match(home, name)
        for serial in range(count):
            moved -= home[serial, name[serial]] if name[serial] >= 0 else 0.0
    return Cut(away + moved // HELD * HELD, out, past, moved, length_m, weight, load, name)


@inner
def _match(home: Floats, name: Integers) -> None:
    """Give each piece the name that it has most of, the heaviest first; no name twice."""
    left = home.copy()
    while left.max() > 0:
        most = int(left.argmax())
        piece, place = most // left.shape[1], most % left.shape[1]
        name[piece] = place
        left[piece], left[:, place] = 0, 0


@inner
def _replace(parts: Parts, chosen: Integers, region: Region, piece: Integers, cut: Cut, limits: Aim) -> None:
    """Put the pieces into the place of the chosen parts."""
    for part in chosen:
        _drop(parts, part)
    new = np.empty(len(cut.weight), np.int64)
    for serial, weight in enumerate(cut.weight):
        parts.tally[FREE] -= 1
        part = parts.free[parts.tally[FREE]]
        new[serial], parts.weight[part] = part, weight
        if outside(weight, 1, limits) > 0 or beside(cut.load[serial], 1, limits) > 0:
            parts.place[part], parts.out[parts.tally[OUT]] = parts.tally[OUT], part
            parts.tally[OUT] += 1
        if cut.name[serial] >= 0 and region.names[cut.name[serial]] >= 0:
            parts.name[part] = region.names[cut.name[serial]]
            parts.holder[parts.name[part]] = part
    for node, serial in zip(region.nodes, piece):  # noqa: B905
        part = new[serial]
        parts.label[node], parts.following[node], parts.first[part] = part, parts.first[part], node


@inner
def _drop(parts: Parts, part: int) -> None:
    """Free the number of a part."""
    parts.first[part] = -1
    if parts.name[part] >= 0:
        parts.holder[parts.name[part]] = -1
        parts.name[part] = -1
    parts.free[parts.tally[FREE]] = part
    parts.tally[FREE] += 1
    place = parts.place[part]
    if place >= 0:
        parts.tally[OUT] -= 1
        last = parts.out[parts.tally[OUT]]
        parts.out[place], parts.place[last], parts.place[part] = last, place, -1
