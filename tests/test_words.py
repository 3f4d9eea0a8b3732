"""Every sentence that a reader may see has a Chinese one with the same fields."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from gridsvc import errors
from gridsvc.api.errors import TITLES
from gridsvc.words import say, translations
from tests.conftest import ROOT
from web.maps.base_maps import BASE_MAPS
from web.maps.layers import LAYERS
from web.pages import administration, import_words, plan_words, right_words, trail
from web.pages.map_words import WORDS

FIRST = {
    "GeodataError",
    "say",
    *(name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.GridError)),
}
THIRD = {"Finding"}
"""Callables and where their template stands."""
TABLES = (
    *import_words.TITLES, right_words.ROLES, right_words.ACTIONS, administration.TITLES, administration.SAID, trail.KINDS, trail.DONE,
    plan_words.TABS,
)  # fmt: skip
"""Tables of templates."""


def _literals(tree: ast.AST) -> Iterator[str]:
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = getattr(call.func, "id", getattr(call.func, "attr", None))
        named = [k.value for k in call.keywords if k.arg == "template"]
        placed = call.args[:1] if name in FIRST else call.args[2:3] if name in THIRD else []
        yield from (arg.value for arg in (named or placed) if isinstance(arg, ast.Constant) and isinstance(arg.value, str))


def _in_code() -> set[str]:
    files = [file for folder in ("gridsvc", "geodata", "web") for file in (ROOT / folder).rglob("*.py")]
    found = {text for file in files for text in _literals(ast.parse(file.read_text(encoding="utf-8")))}
    chosen = {each.title for table in (BASE_MAPS, LAYERS) for each in table.values()}
    chosen |= {title for table in TABLES for title in table.values()}
    return found | chosen | set(WORDS.values()) | set(plan_words.WORDS.values()) | set(TITLES.values())


def _in_templates() -> set[str]:
    found = extract_from_dir(ROOT / "web" / "templates", [("**.html", "jinja2")], keywords={"_": None})
    return {message for _file, _line, message, _comments, _context in found if isinstance(message, str)}


def _fields(template: str) -> set[str]:
    return {re.split(r"[.\[]", field)[0] for _text, field, _spec, _conversion in Formatter().parse(template) if field is not None}


def test_every_sentence_has_a_chinese_one() -> None:
    missing = sorted((_in_code() | _in_templates()) - translations("zh").keys())
    assert not missing, "\n".join(["no Chinese for:", *missing])


@pytest.mark.parametrize("template", sorted(translations("zh")))
def test_a_translation_has_the_fields_of_its_template(template: str) -> None:
    assert _fields(translations("zh")[template]) == _fields(template)


def test_a_sentence_comes_with_its_values_in_the_readers_language() -> None:
    assert say("There is no account {name!r}.", "zh", name="x") == "没有名为 'x' 的账号。"


def test_english_is_the_template_itself() -> None:
    assert say("There is no account {name!r}.", "en", name="x") == "There is no account 'x'."


def test_an_unknown_sentence_stays_english() -> None:
    assert say("No such sentence {x}.", "zh", x=1) == "No such sentence 1."


def test_no_template_is_translated_twice_differently() -> None:
    said: dict[str, set[str]] = {}
    for path in Path(ROOT, "gridsvc", "locale", "zh").glob("*.po"):
        with path.open("rb") as file:
            for message in read_po(file):
                said.setdefault(str(message.id), set()).add(str(message.string))
    assert {template: ways for template, ways in said.items() if len(ways) > 1} == {}
