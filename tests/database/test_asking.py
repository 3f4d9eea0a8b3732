from __future__ import annotations

import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from gridsvc.database.asking import ask


def test_values_reach_the_question_and_rows_have_names(session: Session) -> None:
    rows = ask(session, "SELECT cast(:word AS text) AS word, cast(:ids AS bigint[]) AS ids", {"word": "it's", "ids": [1, None, -(2**40)]})
    assert [(row.word, row.ids) for row in rows] == [("it's", [1, None, -(2**40)])]


def test_lists_of_other_values_come_as_they_are(session: Session) -> None:
    [row] = ask(session, "SELECT cast(:flags AS boolean[]) AS flags, cast(:words AS text[]) AS words", {"flags": [True], "words": ["a,b"]})
    assert (row.flags, row.words) == ([True], ["a,b"])


def test_what_the_server_refuses_is_raised_as_by_every_other_question(session: Session) -> None:
    with pytest.raises(DBAPIError, match="division by zero"):
        ask(session, "SELECT 1 / :zero", {"zero": 0})
