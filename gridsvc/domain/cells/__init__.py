"""Cells of ledgers made usable: what office spreadsheets do to phones, identity numbers, names and dates is undone or refused."""

from gridsvc.domain.cells.days import day_of
from gridsvc.domain.cells.identity import born_on, check_digit, id_number_of
from gridsvc.domain.cells.phones import phone_of
from gridsvc.domain.cells.plain import plain_text
from gridsvc.domain.cells.unread import Unread
from gridsvc.domain.cells.words import name_of, yes_of

__all__ = ["Unread", "born_on", "check_digit", "day_of", "id_number_of", "name_of", "phone_of", "plain_text", "yes_of"]
