"""Search（事项搜索）: characters, pinyin, initials, synonyms, wrong characters; never harmed by what is typed."""

from __future__ import annotations

import pytest

from zhengtong.apps.matters import actions, queries
from zhengtong.apps.matters.search import store
from zhengtong.apps.matters.search.ranking import Document, Reading, score
from zhengtong.apps.people.shapes import SYSTEM
from zhengtong.kit.grams import bigrams, document_grams, spell

pytestmark = pytest.mark.usefixtures("published")


def first(query: str, **options) -> str:
    hits = queries.search(query, **options).hits
    return hits[0].code if hits else ""


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("居住证", "residence-permit"),
        ("居住", "residence-permit"),
        ("Residence permit", "residence-permit"),
        ("juzhuzheng", "residence-permit"),
        ("JuZhu", "residence-permit"),
        ("jzz", "residence-permit"),
        ("暂住证", "residence-permit"),
        ("我想办理居住证需要什么材料", "residence-permit"),
        ("居住正", "residence-permit"),
        ("社保卡", "social-security-card"),
        ("社bao卡", "social-security-card"),
        ("ｓｂｋ", "social-security-card"),
        ("小绿本", "vaccination-record"),
        ("生孩子", "birth"),
        ("上户口", "birth"),
        ("shanghukou", "birth"),
    ],
)
def test_a_matter_is_found_as_people_say_it(query: str, code: str) -> None:
    assert first(query) == code


def test_the_one_thing_comes_before_the_matters_in_it() -> None:
    codes = [hit.code for hit in queries.search("新生儿").hits]
    assert codes[0] == "birth"
    assert len(codes) > 1


@pytest.mark.parametrize("query", ["", "   ", "？！", "的", "zzzzqqqq", "🙂"])
def test_what_means_nothing_finds_nothing(query: str) -> None:
    answer = queries.search(query)
    assert (answer.hits, answer.total) == ((), 0)


@pytest.mark.parametrize(
    "query",
    [
        "居住证' OR '1'='1",
        '居住证" OR rowid:*',
        "居住证 NEAR(x y)",
        "居住证*",
        "居住证 AND NOT",
        "居住证 & | ! <->",
        "居住证\x00",
        "居住证\\",
        "居住证%s",
        "{居住证}",
        "(居住证",
        "<script>居住证</script>",
        "居住证" * 500,
    ],
)
def test_hostile_queries_are_only_words(query: str) -> None:
    assert first(query) == "residence-permit"


def test_filters_narrow_and_unknown_ones_do_not_matter() -> None:
    assert first("居住证", filters={"kind": "one-thing"}) != "residence-permit"
    assert first("居住证", filters={"source": "pack", "colour": "red"}) == "residence-permit"
    assert first("社保卡", filters={"theme": "residence"}) == ""


def test_a_weak_answer_comes_with_other_things_to_try() -> None:
    answer = queries.search("医疗费用")
    assert answer.hits
    assert "城乡居民基本医疗保险参保登记" in answer.suggestions


def test_no_answer_comes_with_what_is_nearest() -> None:
    answer = queries.search("保险登记的费用明细查询")
    assert answer.total == 0
    assert "城乡居民基本医疗保险参保登记" in answer.suggestions
    assert "Residents' basic medical insurance" in queries.search("保险登记的费用明细查询", lang="en").suggestions


def test_the_limit_cuts_the_hits_not_the_total() -> None:
    answer = queries.search("出生", limit=1)
    assert len(answer.hits) == 1
    assert answer.total > 1


def test_writing_a_document_again_replaces_it() -> None:
    before = store.count()
    store.write({10**9: {"甲乙"}})
    store.write({10**9: {"丙丁"}})
    assert store.count() == before + 1
    assert store.find(["甲乙"], 5) == []
    assert store.find(["丙丁"], 5) == [10**9]
    assert store.count_by_gram(["丙丁", "甲乙", "'; --"]) == {"丙丁": 1}


def test_lists_hold_what_may_be_shown(packs) -> None:
    page = queries.list_matters(size=3)
    assert (len(page.matters), page.total, page.pages) == (3, len(packs), -(-len(packs) // 3))
    assert queries.list_matters(page=99, size=3).page == page.pages
    assert {matter.code for matter in queries.list_one_things()} == {
        id for id, pack in packs.items() if pack.kind == "one-thing"
    }
    assert queries.count_matters(theme="birth") == 6


def test_text_is_cut_the_same_way_for_both_sides() -> None:
    assert bigrams("上户口 5A") == {"上户", "户口", "5a"}
    assert bigrams("证") == {"证"}
    assert spell("户口A登记") == "hu kou deng ji"
    assert {"p_huk", "i_hk", "户口"} <= document_grams(["户口"], "hu kou")


def test_an_exact_title_beats_a_longer_one_that_holds_it() -> None:
    def document(title: str) -> Document:
        return Document(1, title, (), "", spell(title), is_one_thing=False, is_online=False)

    readings = [Reading("户口登记")]
    weights = dict.fromkeys(bigrams("户口登记"), 1.0)
    exact, longer, other = (
        score(document(title), readings, weights) for title in ("户口登记", "户口登记项目内容变更更正证明", "就业登记")
    )
    assert exact > longer > other


def test_departments_are_listed_with_how_many_matters_they_have(real_list, now) -> None:
    actions.import_items(path=real_list, by=SYSTEM, at=now)
    departments = queries.list_departments()
    assert departments[0].name_zh == "区行政审批局"
    for department in departments[:5]:
        page = queries.list_matters(filters={"department": department.code}, size=5)
        assert page.total == department.count
        assert {matter.department_name for matter in page.matters} == {department.name_zh}
