from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from python_calamine import load_workbook
from sqlalchemy.orm import Session

from geodata.readers import read
from geodata.writers import WRITERS
from gridsvc.api import exports
from gridsvc.database.queries.audit import trail
from tests.ground import Ground, as_operator, lay, let_in, somebody

BUILDINGS = "/api/v1/exports/here/buildings"


@pytest.fixture
def ground(session: Session) -> Ground:
    return lay(session)


def columns(client: FlaskClient, address: str = f"{BUILDINGS}.csv") -> list[str]:
    return next(csv.reader(io.StringIO(client.get(address).text.removeprefix("\ufeff"))))


@pytest.mark.parametrize("suffix", WRITERS)
def test_a_download_is_a_file_of_its_kind_that_the_readers_know(client: FlaskClient, ground: Ground, tmp_path: Path, suffix: str) -> None:
    answer = client.get(f"{BUILDINGS}{suffix}")
    assert (answer.status_code, answer.mimetype) == (200, exports.MIMETYPES[suffix])
    file = tmp_path / f"b{suffix}"
    file.write_bytes(answer.data)
    ids = {row.get("id") or row.get("标识") for row in read(file).attributes}
    assert ids == {str(ground.ids["east_building"]), str(ground.ids["west_building"])}


def test_its_name_comes_in_ascii_and_in_utf_8(client: FlaskClient, ground: Ground) -> None:
    named = client.get(f"{BUILDINGS}.csv?lang=zh").headers["Content-Disposition"]
    assert named == f"attachment; filename=\"here-buildings.csv\"; filename*=UTF-8''here-{quote('楼栋')}.csv"


def test_it_stays_out_of_shared_caches(client: FlaskClient, ground: Ground) -> None:
    assert client.get(f"{BUILDINGS}.csv").headers["Cache-Control"] == "private, no-store"


def test_who_is_not_signed_in_gets_no_columns_of_households(client: FlaskClient, ground: Ground) -> None:
    assert columns(client, f"{BUILDINGS}.csv?lang=en")[:-2] == ["id", "ref", "name", "use", "floors", "height_m", "compound"]


def test_who_reads_households_gets_those_inside_the_scope_alone(session: Session, client: FlaskClient, ground: Ground) -> None:
    let_in(session, client, somebody(session, "leader", "grid_leader", ground.east))
    rows = json.loads(client.get(f"{BUILDINGS}.geojson").text)["features"]
    assert {row["properties"]["id"]: row["properties"]["households"] for row in rows} == {
        str(ground.ids["east_building"]): 4711,
        str(ground.ids["west_building"]): None,
    }


def test_a_protected_noun_is_refused_to_who_may_read_it_nowhere(client: FlaskClient, ground: Ground) -> None:
    assert client.get("/api/v1/exports/here/parking_spaces.csv").status_code == 401


def test_under_a_unit_there_is_what_stands_in_it(client: FlaskClient, ground: Ground, session: Session) -> None:
    code = client.get(f"/api/v1/units/{ground.ids['east']}").json["code"]
    rows = json.loads(client.get(f"{BUILDINGS}.geojson?under={code}").text)["features"]
    assert [row["properties"]["id"] for row in rows] == [str(ground.ids["east_building"])]
    units = json.loads(client.get(f"/api/v1/exports/here/units.geojson?under={code}").text)["features"]
    assert [row["properties"]["code"] for row in units] == [code]


@pytest.mark.parametrize("address", [f"{BUILDINGS}.dwg", "/api/v1/exports/here/wishes.csv", "/api/v1/exports/nowhere/units.csv"])
def test_what_there_is_not_is_not_found(client: FlaskClient, ground: Ground, address: str) -> None:
    assert client.get(address).status_code == 404


def test_a_unit_that_is_not_there_is_not_found(client: FlaskClient, ground: Ground) -> None:
    answer = client.get(f"{BUILDINGS}.csv?under=999&lang=en")
    assert (answer.status_code, answer.json["detail"]) == (404, "here has no unit with the code '999' at that time.")


def test_before_anything_stood_there_is_nothing(client: FlaskClient, ground: Ground) -> None:
    assert json.loads(client.get(f"{BUILDINGS}.geojson?as_of=2020-01-01").text)["features"] == []


def test_too_many_rows_are_refused_with_the_command_that_has_no_limit(
    client: FlaskClient, ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MOST_ROWS", 1)
    answer = client.get(f"{BUILDINGS}.csv?lang=en")
    assert answer.status_code == 413
    assert "`gridsvc export buildings FILE --jurisdiction here`" in answer.json["detail"]


def test_carrying_households_away_leaves_a_trace_and_public_things_none(session: Session, client: FlaskClient, ground: Ground) -> None:
    client.get(f"{BUILDINGS}.csv")
    let_in(session, client, somebody(session, "clerk", "data_clerk", ground.jurisdiction))
    client.get(f"{BUILDINGS}.csv")
    client.get("/api/v1/exports/here/compounds.csv")
    found = trail(session, as_operator(session))
    assert [(row.account, row.action, row.detail["rows"]) for row in found if row.action.endswith(".export")] == [
        ("clerk", "buildings.export", 2)
    ]


def test_the_ledger_of_grids_is_a_workbook_without_households_for_strangers(client: FlaskClient, ground: Ground) -> None:
    answer = client.get("/api/v1/exports/here/ledger.xlsx?lang=zh")
    assert (answer.status_code, answer.mimetype) == (200, exports.MIMETYPES[".xlsx"])
    assert quote("网格台账") in answer.headers["Content-Disposition"]
    cells = {cell for row in load_workbook(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python() for cell in row}
    assert {"小区", "楼栋", "四至"} <= cells
    assert "户数" not in cells


def test_the_ledger_comes_in_no_other_form(client: FlaskClient, ground: Ground) -> None:
    assert client.get("/api/v1/exports/here/ledger.csv").status_code == 404


def test_a_ledger_of_too_many_units_is_refused_with_the_command(
    client: FlaskClient, ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MOST_UNITS", 1)
    answer = client.get("/api/v1/exports/here/ledger.xlsx?lang=en")
    assert answer.status_code == 413
    assert "`gridsvc export ledger FILE --jurisdiction here`" in answer.json["detail"]
