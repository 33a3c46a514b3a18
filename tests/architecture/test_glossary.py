"""One word per thing, and each of them in the glossary."""

from __future__ import annotations

import re

from tests.architecture.glossary import FILE, english, made, rows, terms, written
from tests.architecture.tree import PACKAGE

#: house §9: the words everything else is said with
HOUSE = (
    "matter 事项, case 办件, material 材料, certificate 电子证照, resource 数据资源, grant 授权, receipt 回执, accept 受理, "
    "supplement 补正, settle 办结, basis 依据, one-thing 一件事, region 区划, organisation 机构, resident 自然人, "
    "legal entity 法人, desk 工作台, indicator 指标, alert 预警, review 好差评"
)


def test_every_term_of_a_public_class_stands_in_the_glossary():
    text = FILE.read_text("utf-8")
    found = {term for words in terms().values() for term in words}
    assert len(found) > 100, "is the search looking in the right place?"
    missing = sorted(term for term in found if term not in text)
    assert not missing, f"python -m tests.architecture.reference adds them: {missing}"


def test_the_generated_part_is_current():
    assert FILE.read_text("utf-8") == written() + made()


def test_the_table_is_sorted_and_has_one_row_per_word():
    table = rows()
    assert len(table) > 60
    names = [row["en"] for row in table]
    assert names == sorted(names, key=sort_key), "sorted by the English word"
    for column in ("en", "zh"):
        words = [row[column] for row in table]
        assert not {word for word in words if words.count(word) > 1}, f"one row per word ({column})"


def sort_key(text: str) -> str:
    return re.sub(r"[^a-z ]", " ", text.lower())


def test_the_words_of_the_house_are_all_there_with_their_meaning():
    table = {row["en"]: row["zh"] for row in rows()}
    for pair in HOUSE.split(", "):
        en, zh = pair.rsplit(" ", 1)
        assert zh in table[en], pair


def test_class_names_use_the_words_of_the_house():
    """A model of a capability is called by its English term: the Case model is the case, not an Order or a Ticket."""
    named = {english(name) for words in terms().values() for names in words.values() for name in names}
    for word in (
        "case",
        "certificate",
        "grant",
        "receipt",
        "region",
        "organisation",
        "resident",
        "legal entity",
        "matter",
    ):
        assert word in named, f"no class in {PACKAGE.name} carries the word {word!r}"
