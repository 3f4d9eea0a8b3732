"""The import page: what is sent, what is asked back, who may, and nothing that people typed runs."""

from __future__ import annotations

import io
import json
import os
import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient
from shapely.geometry import mapping
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from gridsvc.database.queries.accounts import actor_named
from gridsvc.database.session import set_actor
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Actor
from tests import builders
from tests.domain.test_permissions import EXPECTED
from tests.grids import draw
from tests.ground import let_in, somebody
from tests.operations.test_jobs import work
from web import uploads

MARKUP = "<img src=x onerror=alert(1)>"


@pytest.fixture
def place(session: Session, operator: Actor) -> str:
    return jurisdiction_path(builders.jurisdiction(session, operator))


@pytest.fixture
def clerk(session: Session, client: FlaskClient, place: str) -> FlaskClient:
    """A browser in which a data clerk of the place is signed in, in English."""
    let_in(session, client, somebody(session, "clerk", "data_clerk", place))
    client.get("/exchange/here?lang=en")
    return client


def drawn(grounds: Mapping[str, shapely.Geometry] | None = None, **more: Any) -> bytes:
    grounds = grounds or draw("A B")
    rows = [
        {"type": "Feature", "properties": {"name": name, "level": "grid"} | more, "geometry": mapping(ground)}
        for name, ground in grounds.items()
    ]
    return json.dumps({"type": "FeatureCollection", "features": rows}).encode()


def token(client: FlaskClient, address: str = "/exchange/here") -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(address).text)
    assert found
    return found[1]


def send(client: FlaskClient, content: bytes | None = None, name: str = "网格.geojson", noun: str = "units", **more: Any) -> TestResponse:
    form = {"csrf_token": token(client), "noun": noun, "file": (io.BytesIO(content or drawn()), name)} | more
    return client.post("/exchange/here", data=form, content_type="multipart/form-data")


def looked(session: Session, client: FlaskClient, answer: TestResponse) -> tuple[str, str]:
    """Let the job of an answer be done; return its address and its page."""
    assert answer.status_code == 303, answer.text
    work(session)
    return answer.location, client.get(answer.location).text


def press(client: FlaskClient, address: str, what: str, **form: str) -> TestResponse:
    return client.post(f"{address}/{what}", data={"csrf_token": token(client), **form})


def units(session: Session) -> int:
    return session.execute(text("SELECT count(*) FROM unit_version WHERE upper_inf(valid)")).scalar_one()


def test_a_file_is_looked_at_then_brought_in(session: Session, clerk: FlaskClient) -> None:
    before = units(session)
    address, page = looked(session, clerk, send(clerk))
    assert "2 new" in page
    assert units(session) == before
    _, done = looked(session, clerk, press(clerk, address, "commit"))
    assert "Brought in: 2 rows." in done
    assert units(session) > before


def test_what_is_known_already_has_no_button(session: Session, clerk: FlaskClient) -> None:
    address, _ = looked(session, clerk, send(clerk))
    looked(session, clerk, press(clerk, address, "commit"))
    _, page = looked(session, clerk, send(clerk))
    assert "Nothing would change" in page
    assert "/commit" not in page


def test_refused_rows_are_left_out_only_when_that_is_ticked(session: Session, clerk: FlaskClient) -> None:
    rows = draw("A B") | {"C": shapely.Point(120, 30)}
    address, page = looked(session, clerk, send(clerk, drawn(rows)))
    assert "Leave out the 1 refused rows" in page
    assert "Row 3 (C)" in page
    _, refused = looked(session, clerk, press(clerk, address, "commit"))
    assert "nothing was written" in refused
    _, done = looked(session, clerk, press(clerk, address, "commit", skip_refused="on"))
    assert "Brought in: 2 rows." in done


def test_a_refusal_shows_the_field_that_it_asks_for(session: Session, clerk: FlaskClient) -> None:
    table = b'name,level,wkt\nA,grid,"POLYGON((500000 3300000,500100 3300000,500100 3300100,500000 3300000))"\n'
    address, page = looked(session, clerk, send(clerk, table, "places.csv"))
    assert re.search(r'<label class="field is-asked"><span>Reference system', page)
    assert "--crs" not in page
    _, again = looked(session, clerk, press(clerk, address, "again", crs="EPSG:4549"))
    assert "1 new" in again


def test_columns_are_corrected_and_shown_again(session: Session, clerk: FlaskClient) -> None:
    address, page = looked(session, clerk, send(clerk, drawn(叫法="别名")))
    assert re.search(r'<option value="name" selected>name</option>', page)
    same = {"column.name": "叫法", "column.level": "level"}
    _, again = looked(session, clerk, press(clerk, address, "again", **same))
    assert re.search(r'<option value="叫法" selected>叫法</option>', again)
    assert "chosen" in again
    assert again.count("guessed") == page.count("guessed") - 1


def test_a_remembered_column_is_shown_as_such(session: Session, clerk: FlaskClient) -> None:
    address, _ = looked(session, clerk, send(clerk, drawn(叫法="别名")))
    address, _ = looked(session, clerk, press(clerk, address, "again", **{"column.name": "叫法", "column.level": "level"}))
    looked(session, clerk, press(clerk, address, "commit"))
    _, page = looked(session, clerk, send(clerk, drawn(叫法="别名")))
    assert "as the last time" in page


def test_a_job_that_waits_is_stopped(session: Session, clerk: FlaskClient) -> None:
    answer = send(clerk)
    assert "Waiting" in clerk.get(answer.location).text
    press(clerk, answer.location, "stop")
    assert "Nothing was written." in clerk.get(answer.location).text
    assert work(session) is False


def test_the_list_and_the_api_know_the_job(session: Session, clerk: FlaskClient) -> None:
    address, _ = looked(session, clerk, send(clerk))
    [item] = clerk.get("/api/v1/jobs").json["items"]  # type: ignore[index]  # it is an object
    assert (item["state"], item["counts"], item["problem"]) == ("done", {"new": 2}, None)
    assert clerk.get(f"/api/v1{address}").json == item
    assert address in clerk.get("/exchange/here").text


def test_a_failed_job_says_why_in_the_api(session: Session, clerk: FlaskClient) -> None:
    address, _ = looked(session, clerk, send(clerk, b"{}"))
    answer = clerk.get(f"/api/v1{address}").json
    assert answer is not None
    assert (answer["state"], bool(answer["problem"])) == ("failed", True)


# What is sent


def test_names_and_values_that_are_markup_stay_text(session: Session, clerk: FlaskClient) -> None:
    ground = {MARKUP: draw("A")["A"], "{{ 7 * 7 }}": shapely.Point(120, 30)}
    _, page = looked(session, clerk, send(clerk, drawn(ground, **{MARKUP: "x"}), f"{MARKUP}.geojson"))
    assert MARKUP not in page
    assert "&lt;img src=x onerror=alert(1)&gt;.geojson" in page
    assert "{{ 7 * 7 }}" in page


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("网格.geojson", "网格.geojson"),
        ("../../etc/passwd.csv", "passwd.csv"),
        ("C:\\Users\\wang\\台账.xlsx", "台账.xlsx"),
        (".hidden.csv", "hidden.csv"),
        ("a\0b\nc\x1b[31m.csv", "a b c [31m.csv"),
        ("\u202egpj.csv", "gpj.csv"),
        ("长" * 200 + ".geojson", "长" * 37 + ".geojson"),
        ("..", "file"),
        ("", "file"),
    ],
)
def test_a_files_name_is_made_safe(given: str, kept: str) -> None:
    assert uploads.safe_name(given) == kept


def test_a_file_of_another_kind_is_refused(clerk: FlaskClient) -> None:
    answer = send(clerk, b"MZ", "setup.exe")
    assert answer.status_code == 422
    assert "setup.exe is of a kind that cannot be read" in answer.text


def test_without_a_file_nothing_is_asked_for(clerk: FlaskClient) -> None:
    answer = clerk.post("/exchange/here", data={"csrf_token": token(clerk), "noun": "units"}, content_type="multipart/form-data")
    assert (answer.status_code, "No file was chosen" in answer.text) == (422, True)


def test_an_unknown_noun_is_refused(clerk: FlaskClient) -> None:
    assert send(clerk, noun="accounts").status_code == 422


def test_a_file_that_is_too_large_is_refused_before_it_is_read(clerk: FlaskClient) -> None:
    claimed = {"CONTENT_LENGTH": str(300 << 20)}
    answer = clerk.post("/exchange/here", environ_overrides=claimed, content_type="multipart/form-data; boundary=x")
    assert (answer.status_code, "larger than 256 MiB" in answer.text) == (413, True)


def test_without_the_forms_token_nothing_is_kept(clerk: FlaskClient) -> None:
    form = {"noun": "units", "file": (io.BytesIO(drawn()), "x.geojson")}
    answer = clerk.post("/exchange/here", data=form, content_type="multipart/form-data")
    assert (answer.status_code, "too old or came from elsewhere" in answer.text) == (422, True)


def test_what_was_sent_long_ago_is_cleared(session: Session, clerk: FlaskClient, app: Flask) -> None:
    folder: Path = app.config["SETTINGS"].data_dir / "uploads"
    old = folder / "of-old"
    old.mkdir(parents=True)
    (old / "x.csv").write_text("a")
    os.utime(old, (0, time.time() - (uploads.KEPT_DAYS + 1) * 86400))
    send(clerk)
    assert not old.exists()


def test_the_companions_of_a_shapefile_stay_with_it(clerk: FlaskClient, app: Flask) -> None:
    form = {
        "csrf_token": token(clerk),
        "noun": "units",
        "file": [(io.BytesIO(b"x"), name) for name in ("区.dbf", "区.prj", "区.shp")],
    }
    answer = clerk.post("/exchange/here", data=form, content_type="multipart/form-data")
    assert answer.status_code == 303
    newest = max((app.config["SETTINGS"].data_dir / "uploads").iterdir(), key=lambda each: each.stat().st_mtime)
    assert {each.name for each in newest.iterdir()} == {"区.dbf", "区.prj", "区.shp"}


# Who may


@pytest.mark.parametrize("role", sorted(set(EXPECTED) - {"operator"}))
def test_the_page_is_for_those_who_import(session: Session, client: FlaskClient, place: str, role: str) -> None:
    let_in(session, client, somebody(session, "somebody", role, place))
    answer = client.get("/exchange/here")
    assert answer.status_code == (200 if EXPECTED[role][1] else 403)
    assert ('href="/exchange' in client.get("/", follow_redirects=True).text) is EXPECTED[role][1]


def test_a_stranger_is_asked_to_sign_in(client: FlaskClient, place: str) -> None:
    answer = client.get("/exchange/here")
    assert (answer.status_code, "/sign-in?next=" in answer.location) == (302, True)


def test_a_stranger_sends_nothing(client: FlaskClient, place: str) -> None:
    form = {"noun": "units", "file": (io.BytesIO(drawn()), "x.geojson")}
    assert client.post("/exchange/here", data=form, content_type="multipart/form-data").status_code == 401


def test_anothers_job_is_nothing_at_this_address(session: Session, clerk: FlaskClient, place: str) -> None:
    answer = send(clerk)
    let_in(session, clerk, somebody(session, "elsewhere", "data_clerk", place + "x"))
    assert clerk.get(answer.location).status_code == 404
    assert clerk.get(f"/api/v1{answer.location}").status_code == 404


def test_a_look_is_carried_out_by_those_alone_who_may_import(session: Session, clerk: FlaskClient, place: str) -> None:
    address, _ = looked(session, clerk, send(clerk))
    form = token(clerk)
    lose_right(session)
    answer = clerk.post(f"{address}/commit", data={"csrf_token": form})
    assert answer.status_code == 403


def lose_right(session: Session) -> None:
    set_actor(session, actor_named(session, "operator"))
    session.execute(text("UPDATE role_grant SET valid = tstzrange(lower(valid), now()) WHERE role = 'data_clerk'"))


def test_only_a_look_is_carried_out(session: Session, clerk: FlaskClient) -> None:
    address, _ = looked(session, clerk, send(clerk, b"{}"))
    assert press(clerk, address, "commit").status_code == 409
