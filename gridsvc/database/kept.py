"""Answers about public ground that a process keeps until the ground changes, so that most looks ask the database nothing."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy.orm import Session

from gridsvc.database.freshness import generation

Given = ParamSpec("Given")
Answer = TypeVar("Answer")

MOST_ANSWERS = 20_000
"""How many answers a process keeps; at some kilobytes each, less than 100 MB."""

_answers: dict[Hashable, Any] = {}
_generation = -1


def kept(ask: Callable[Concatenate[Session, Given], Answer]) -> Callable[Concatenate[Session, Given], Answer]:
    """Make a query ask the database once a generation for the same arguments, which must be hashable.

    For public data, and for sums of a place with account and grants among the arguments: who asks the same gets the same
    answer. A transaction that has changed the ground itself asks anew each time and leaves nothing behind, for nobody else
    may see its answers yet.
    """

    @wraps(ask)
    def answer(session: Session, /, *given: Given.args, **named: Given.kwargs) -> Answer:
        if session.info.get("after_commit"):
            return ask(session, *given, **named)
        answers, key = _of(generation()), (ask, given, tuple(named.items()))
        if key not in answers:
            if len(answers) >= MOST_ANSWERS:
                answers.clear()
            answers[key] = ask(session, *given, **named)
        found: Answer = answers[key]
        return found

    return answer


def _of(number: int) -> dict[Hashable, Any]:
    """Return the answers of this generation; those of an earlier one stay with whoever still reads there."""
    global _answers, _generation
    if number != _generation:
        _answers, _generation = {}, number
    return _answers
