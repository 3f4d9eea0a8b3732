import geopandas
import numpy as np
from hypothesis import given, settings

from geodata.districting.certificates import certify
from geodata.districting.graph import Graph, Limits, graph
from geodata.topology import snap
from gridsvc.words import say
from tests.conftest import shared_data
from tests.geodata.districting.lattices import graphs, lattice

LIMITS = Limits(30, 70)


def _proofs(of: Graph, limits: Limits = LIMITS) -> list[tuple[str, list[int]]]:
    return [(proof.kind, proof.nodes.tolist()) for proof in certify(of, limits)]


def test_a_building_above_the_range_is_proven_so() -> None:
    assert _proofs(lattice("80 40 40")) == [("above", [0])]


def test_what_cannot_be_shared_out_is_proven_by_whole_numbers() -> None:
    assert _proofs(lattice("20 20 20"), Limits(35, 45)) == [("no-number", [0, 1, 2])]


def test_a_piece_too_light_is_cut_off() -> None:
    assert _proofs(lattice("10 15 . 40")) == [("cut-off", [0, 1])]


def test_a_heavy_neighbour_cuts_off_what_lies_behind_it() -> None:
    assert _proofs(lattice("20 90 40")) == [("above", [1]), ("cut-off", [0])]


def test_a_node_that_every_neighbour_makes_too_heavy_has_a_proof() -> None:
    assert _proofs(lattice("50 60", "20 60"), Limits(65, 75)) == [("no-set", [1]), ("no-set", [3])]


def test_ground_without_weight_lets_a_set_through() -> None:
    assert _proofs(lattice("20 0 20")) == []


def test_a_search_that_was_given_up_is_no_proof() -> None:
    halves = lattice(*[" ".join(["1"] * 19)] * 2)
    assert certify(halves, Limits(12.2, 12.8), budget=1000) == []


def test_a_proof_says_when_it_holds_for_the_sake_of_a_lock() -> None:
    found = certify(lattice("20 40 40"), LIMITS, locked=np.array([False, True, False]))
    assert [(proof.kind, proof.locked) for proof in found] == [("cut-off", True)]
    assert str(found[0].finding("5号楼")).startswith("With what is locked left as it is: 5号楼 has 20")


def test_proofs_explain_themselves_in_chinese() -> None:
    finding = certify(lattice("80 40"), LIMITS)[0].finding("3号楼")
    assert say(finding.template, "zh", **finding.values) == "3号楼一处就有 80 户,超过一个单元的上限 70 户,故单独成为一个单元。"


@given(graphs())
@settings(max_examples=60)
def test_no_connected_set_in_the_range_holds_a_proven_node(drawn: Graph) -> None:
    nodes = len(drawn)
    if nodes > 12:
        drawn = drawn.only(np.arange(nodes) < 12)
    reached = {node for members in _connected_sets(drawn) if 30 <= drawn.weight[list(members)].sum() <= 70 for node in members}
    for kind, proven in _proofs(drawn):
        assert kind == "no-number" or not reached.intersection(proven)
    unproven = set(range(len(drawn))) - {node for _kind, proven in _proofs(drawn) for node in proven}
    assert all(node in reached or drawn.weight[node] == 0 for node in unproven)


def _connected_sets(of: Graph) -> set[frozenset[int]]:
    near: dict[int, set[int]] = {node: set() for node in range(len(of))}
    for one, other in zip(of.one.tolist(), of.other.tolist(), strict=True):
        near[one].add(other)
        near[other].add(one)
    found = {frozenset([node]) for node in near}
    fresh = found
    while fresh:
        fresh = {grown | {node} for grown in fresh for inside in grown for node in near[inside] - grown} - found
        found = found | fresh
    return found


def test_denver_has_exactly_five_places_that_forbid_it() -> None:
    blocks = geopandas.read_file(shared_data("districting/DenverCo_blocks.zip")).to_crs(4490)
    people = blocks["TOTPOP20"].to_numpy(dtype=np.float64)
    middle = people.sum() / 356
    found = certify(graph(snap(blocks.geometry.to_numpy()), people), Limits(0.9 * middle, 1.1 * middle))
    assert sorted((proof.kind, proof.weight) for proof in found) == [
        ("above", 2251), ("above", 2280), ("cut-off", 321), ("no-set", 1059), ("no-set", 1526),
    ]  # fmt: skip
