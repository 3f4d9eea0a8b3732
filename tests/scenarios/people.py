"""What scenarios have in common when their people are counted."""

from __future__ import annotations

from tests.scenarios.loading import Place


def holders(place: Place, post: str) -> int:
    """Return how many people hold a post."""
    asked = "SELECT count(DISTINCT person_id) FROM appointment WHERE jurisdiction_id = :id AND post = :post AND upper_inf(valid)"
    return int(place.count(asked, post=post))


def posts_held(place: Place, post: str) -> int:
    """Return how often a post is held."""
    return int(place.count("SELECT count(*) FROM appointment WHERE jurisdiction_id = :id AND post = :post AND upper_inf(valid)", post=post))


def organisations(place: Place, kind: str) -> int:
    """Return how many organisations there are of a kind."""
    return int(
        place.count(
            "SELECT count(*) FROM organisation o JOIN organisation_version v ON v.organisation_id = o.id AND upper_inf(v.valid) "
            "WHERE o.jurisdiction_id = :id AND v.kind = :kind",
            kind=kind,
        )
    )


def unplaced(place: Place) -> int:
    """Return how many people say where they live and are placed in no building."""
    return int(
        place.count(
            "SELECT count(*) FROM person n JOIN person_version v ON v.person_id = n.id AND upper_inf(v.valid) "
            "WHERE n.jurisdiction_id = :id AND v.home_text IS NOT NULL AND v.home_building_id IS NULL"
        )
    )
