from __future__ import annotations

import gzip

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.ground import Ground, lay

TILE = "/tiles/units/12/3413/1689.mvt"


@pytest.fixture
def ground(session: Session) -> Ground:
    return lay(session)


def test_a_reader_who_takes_gzip_gets_the_same_tile_compressed(client: FlaskClient, ground: Ground) -> None:
    plain, squeezed = client.get(TILE), client.get(TILE, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(squeezed.data) == plain.data
    assert "Content-Encoding" not in plain.headers


@pytest.mark.parametrize("accepted", ["", "gzip"])
def test_a_tile_that_a_reader_has_in_either_encoding_is_not_sent_again(client: FlaskClient, ground: Ground, accepted: str) -> None:
    first = client.get(TILE, headers={"Accept-Encoding": accepted})
    again = client.get(TILE, headers={"Accept-Encoding": accepted, "If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
