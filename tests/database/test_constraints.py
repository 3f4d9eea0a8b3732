from __future__ import annotations

from types import SimpleNamespace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gridsvc.database.constraints import MEANING, as_grid_error
from gridsvc.errors import Conflict
from gridsvc.words import translations


class Fired(Exception):
    """What the driver raises, as far as it is read."""

    def __init__(self, name: str | None) -> None:
        self.diag = SimpleNamespace(constraint_name=name)


def error(origin: BaseException) -> IntegrityError:
    return IntegrityError("INSERT", {}, origin)


def test_every_constraint_with_a_meaning_exists(owner: Session) -> None:
    names = owner.scalars(
        text("""
        SELECT conname FROM pg_constraint UNION SELECT relname FROM pg_class WHERE relkind = 'i'
        UNION SELECT substring(prosrc FROM $$CONSTRAINT = '([a-z_]+)'$$) FROM pg_proc
        """)
    )
    assert set(MEANING) - set(names) == set()


@pytest.mark.parametrize("name", MEANING)
def test_a_meaning_is_a_sentence_in_both_languages(name: str) -> None:
    said = as_grid_error(error(Fired(name)))
    assert said.template in translations("zh")
    assert str(said).endswith(".")


def test_another_constraint_is_told_by_its_name() -> None:
    said = as_grid_error(error(Fired("fk_some_thing")))
    assert isinstance(said, Conflict)
    assert str(said) == "This does not fit what is stored (fk_some_thing)."


@pytest.mark.parametrize("origin", [Fired(None), ValueError()])
def test_an_error_without_a_name_is_told_without(origin: Exception) -> None:
    assert str(as_grid_error(error(origin))) == "This does not fit what is stored (?)."
