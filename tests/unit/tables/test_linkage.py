"""Rows of one person find each other across tables, strangers do not, and identifiers last."""

from __future__ import annotations

import csv
import datetime as dt
import random
from collections import defaultdict
from pathlib import Path

import pytest
from bench.linked_people import FIELDS, make_number, write_registers

from zhengtong.kit import Refused
from zhengtong.tables import Schema, Store, load
from zhengtong.tables.linkage import (
    Decision,
    LinkSource,
    MergedField,
    MergeSource,
    describe_reason,
    get_rules,
    link,
    merge,
)
from zhengtong.tables.linkage.settling import About, Edge, settle

MAPPED = {"number": "id_number", "name": "name", "sex": "sex", "born": "born", "phone": "phone", "address": "address"}
RULES = get_rules("resident")
ZHANG = {
    "id_number": "990101199001011239",
    "name": "张伟明",
    "sex": "男",
    "born": "1990-01-01",
    "phone": "13900000001",
    "address": "云栖区和平路3号",
}


def give(store: Store, name: str, rows: list[dict[str, str]]) -> LinkSource:
    """Load rows as the next version of a source."""
    path = store.root / f"{name}.csv"
    store.root.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, FIELDS, restval="")
        writer.writeheader()
        writer.writerows(rows)
    schema = Schema.of(**dict.fromkeys(FIELDS, "text"))
    return LinkSource(name, load(path, store.shelf(name), schema).snapshot, "record", MAPPED)


def members(linked) -> dict[tuple[str, str], str]:
    return {(row["source"], row["record"]): row["entity"] for row in linked.members.rows()}


def groups(linked) -> set[frozenset[tuple[str, str]]]:
    found = defaultdict(set)
    for record, entity in members(linked).items():
        found[entity].add(record)
    return {frozenset(group) for group in found.values()}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture
def number() -> str:
    return make_number(101, dt.date(1990, 1, 1), 123)


def read(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text("utf-8").splitlines()))


def pair(store: Store, left: dict[str, str], right: dict[str, str], *, beside: int = 40):
    """Link two rows among strangers, for what a value tells depends on how common it is."""
    draw = random.Random(5)
    strangers = [
        {
            "record": f"s{n}",
            "name": "".join(draw.choices("赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨", k=3)),
            "born": f"19{draw.randint(40, 99)}-0{draw.randint(1, 9)}-{draw.randint(10, 28)}",
            "sex": draw.choice("男女"),
            "phone": f"138{draw.randint(0, 99999999):08d}",
        }
        for n in range(beside)
    ]
    sides = [("a", left, strangers[: beside // 2]), ("b", right, strangers[beside // 2 :])]
    return link([give(store, side, [{"record": "1", **row}, *rest]) for side, row, rest in sides], RULES, store, "r")


def test_badly_written_registers_are_linked_as_the_truth_is(tmp_path, store):
    truth = write_registers(tmp_path, 2000, seed=3)
    schema = Schema.of(**dict.fromkeys(FIELDS, "text"))
    sources = [
        LinkSource(side, load(tmp_path / f"{side}.csv", store.shelf(side), schema).snapshot, "record", MAPPED)
        for side in ("left", "right")
    ]
    linked = link(sources, RULES, store, "r")
    pairs = [sorted(group) for group in groups(linked) if len(group) == 2]
    right = sum(truth["left"][one[1]] == truth["right"][other[1]] for one, other in pairs)
    both = len(set(truth["left"].values()) & set(truth["right"].values()))
    assert max(map(len, groups(linked))) == 2
    assert right / len(pairs) >= 0.999
    assert right / both >= 0.99


def test_one_number_written_in_three_ways_is_one_person_and_the_link_says_why(store, number):
    wide = "".join(chr(ord(c) + 0xFEE0) for c in number)
    linked = pair(store, {**ZHANG, "id_number": number}, {"id_number": f" {wide}", "name": "张 伟明"})
    row = next(row for row in linked.members.rows() if row["source"] == "a" and row["record"] == "1")
    assert members(linked)["a", "1"] == members(linked)["b", "1"]
    assert (row["with_source"], row["with_record"]) == ("b", "1")
    assert describe_reason(row["reason"], RULES)[0].startswith("公民身份号码一致，姓名一致")
    assert describe_reason(row["reason"], RULES)[1].startswith("identity number same, name same")


def person(place: int) -> dict[str, str]:
    """Somebody of their own day, house and telephone."""
    born = f"19{60 + place}-03-12"
    number = make_number(101, dt.date.fromisoformat(born), 100 + place)
    address = f"云栖区和平路{place}号"
    return {**ZHANG, "id_number": number, "born": born, "phone": f"1390000{place:04d}", "address": address}


CASES = [
    ({}, True, ""),
    ({"name": "张伟铭"}, True, ""),
    ({"name": "张玉铭"}, True, ""),
    ({"id_number": "", "phone": "13811112222"}, True, ""),
    ({"id_number": "", "name": "张伟铭", "address": "", "phone": "+86 139-0000-0005"}, True, ""),
    ({"id_number": "", "name": "", "phone": "", "address": ""}, False, ""),
    ({"id_number": "", "sex": "女", "name": "李芳", "phone": ""}, False, "uncertain"),
    ({"name": "李四光", "born": "", "address": ""}, False, "other-name"),
    ({"id_number": make_number(101, dt.date(1969, 3, 12), 333)}, False, "two-numbers"),
]


def test_what_agrees_decides(store):
    left = [{"record": f"{place}", **person(place)} for place in range(1, len(CASES) + 1)]
    right = [{**row, **changed} for row, (changed, _, _) in zip(left, CASES, strict=True)]
    strangers = [{"record": f"s{n}", **person(n), "name": "钱钟"} for n in range(20, 39)]
    linked = link([give(store, "a", left), give(store, "b", [*right, *strangers])], RULES, store, "r")
    found = members(linked)
    causes = {row["record"]: row["cause"] for row in linked.reviews.rows() if row["record"] == row["other_record"]}
    told = {n: (found["a", str(n)] == found["b", str(n)], causes.get(str(n), "")) for n in range(1, len(CASES) + 1)}
    assert told == {n: (expected, cause) for n, (_, expected, cause) in enumerate(CASES, 1)}


def test_a_twin_is_not_taken_for_the_other(store, number):
    left = [{"record": "1", **ZHANG, "id_number": number}, {"record": "2", **ZHANG, "id_number": "", "name": "张伟亮"}]
    linked = link(
        [give(store, "a", left), give(store, "b", [{"record": "1", **ZHANG, "id_number": "", "name": "张伟朗"}])],
        RULES,
        store,
        "r",
    )
    assert len(groups(linked)) == 3
    assert {row["cause"] for row in linked.reviews.rows()} == {"twins"}


def test_identifiers_stay_whatever_comes_changes_and_goes(tmp_path, store):
    write_registers(tmp_path, 400, seed=9)
    rows = {side: read(tmp_path / f"{side}.csv") for side in ("left", "right")}
    first = link([give(store, side, rows[side]) for side in rows], RULES, store, "r")
    again = link([give(store, side, rows[side]) for side in rows], RULES, store, "r")
    assert members(again) == members(first)
    assert again.compared == 0

    gone = rows["left"].pop(0)
    alone = next(row for row in rows["right"] if frozenset({("right", row["record"])}) in groups(first))
    rows["left"].append({**alone, "record": "L9999999"})
    rows["right"][7]["phone"] = "13700000000"
    rows["left"].reverse()
    now = link([give(store, side, rows[side]) for side in rows], RULES, store, "r")
    kept = {record: entity for record, entity in members(first).items() if record != ("left", gone["record"])}
    assert {record: entity for record, entity in members(now).items() if record in kept} == kept
    assert 0 < now.compared < first.compared / 10


def test_an_increment_comes_to_what_the_whole_comes_to(tmp_path, store):
    write_registers(tmp_path, 600, seed=11)
    rows = {side: read(tmp_path / f"{side}.csv") for side in ("left", "right")}
    draw = random.Random(2)
    link([give(store, side, rows[side][:500]) for side in rows], RULES, store, "r")
    for side in rows:
        rows[side] = [row for row in rows[side] if draw.random() > 0.05]
        for row in draw.sample(rows[side], 40):
            row[draw.choice(["name", "phone", "address", "id_number"])] = ""
    sources = [give(store, side, rows[side]) for side in rows]
    assert groups(link(sources, RULES, store, "r")) == groups(link(sources, RULES, store, "afresh"))


def test_merges_and_splits_are_recorded(store, number):
    apart = pair(store, {**ZHANG, "id_number": number}, {"name": "张伟明"})
    joined = pair(store, {**ZHANG, "id_number": number}, {**ZHANG, "id_number": number})
    parted = pair(store, {**ZHANG, "id_number": number}, {"name": "李四光", "phone": "13800000009"})
    one, two = members(apart)["a", "1"], members(apart)["b", "1"]
    assert members(joined)["a", "1"] == members(joined)["b", "1"] == one
    assert members(parted)["a", "1"] == one
    new = members(parted)["b", "1"]
    assert new not in (one, two)  # a number is never given twice
    told = [(row["run"], row["kind"], row["entity"], row["other"]) for row in parted.history.rows()]
    assert told == [(1, "merged", two, one), (2, "split", one, new)]


def test_what_a_person_judged_stands_before_any_weight(store, number):
    sides = [give(store, "a", [{"record": "1", **ZHANG, "id_number": number}, {"record": "2", "name": "李四光"}])]
    sides.append(give(store, "b", [{"record": "1", **ZHANG}, {"record": "2", "name": "王五"}]))
    assert groups(link(sides, RULES, store, "r")) == {
        frozenset({("a", "1"), ("b", "1")}),
        frozenset({("a", "2")}),
        frozenset({("b", "2")}),
    }
    decided = [Decision("a", "1", "b", "1", False), Decision("b", "2", "a", "2", True)]
    judged = link(sides, RULES, store, "r", decided=decided)
    assert groups(judged) == {frozenset({("a", "2"), ("b", "2")}), frozenset({("a", "1")}), frozenset({("b", "1")})}
    assert {row["reason"] for row in judged.members.rows() if row["record"] == "2"} == {"decided"}
    assert describe_reason("decided", RULES)[0] == "人工认定"
    assert judged.reviews.manifest.rows == 0


def test_a_register_keeps_the_value_that_counts_and_tells_who_disagrees(store, number):
    sides = [
        give(
            store, "a", [{"record": "1", **ZHANG, "id_number": number, "phone": ""}, {"record": "2", "name": "李四光"}]
        ),
        give(store, "b", [{"record": "1", **ZHANG, "id_number": number, "name": "张伟铭", "born": "1990/1/1"}]),
    ]
    linked = link(sides, RULES, store, "r")
    fields = [
        MergedField("id_number", "text", (("a", "id_number"), ("b", "id_number"))),
        MergedField("name", "text", (("a", "name"), ("b", "name")), agrees=True),
        MergedField("born", "date", (("b", "born"), ("a", "born")), agrees=True),
        MergedField("phone", "text", (("a", "phone"), ("b", "phone")), rule="most"),
    ]
    merged = merge(linked.members, [MergeSource(one.name, one.snapshot, one.key) for one in sides], fields, store, "r")
    first, second = merged.rows.rows()
    assert first == {
        "entity": "R0000000001",
        "id_number": number,
        "name": "张伟明",
        "born": "1990-01-01",
        "phone": ZHANG["phone"],
        "origins": "id_number=a name=a born=b phone=b",
        "sources": 2,
    }
    assert (second["name"], second["origins"], second["sources"]) == ("李四光", "name=a", 1)
    [conflict] = merged.conflicts.rows()
    assert (conflict["field"], conflict["source"], conflict["value"], conflict["kept_value"]) == (
        "name",
        "b",
        "张伟铭",
        "张伟明",
    )


def test_enterprises_are_linked_by_code_or_by_name_and_head(store):
    rules, schema = (
        get_rules("legal-entity"),
        Schema.of(record="text", code="text", name="text", head="text", phone="text"),
    )
    mapped = {"number": "code", "name": "name", "head": "head", "phone": "phone"}
    sources = []
    texts = {
        "a": "1,91110000600037341L,澜江市松柏餐饮有限责任公司,王芳,\n2,,澜江市桃源商贸有限公司,李明,0991-2345678\n3,,澜江市山水商贸有限公司,赵六,\n",
        "b": "x,９１１１００００６０００３７３４１l,松柏餐厅,王芳,\ny,,澜江市桃源商贸有限责任公司,李明,(0991)2345678\nz,,澜江市水云商贸有限公司,赵七,\n",
    }
    for side, text in texts.items():
        path = store.root.parent / f"{side}.csv"
        path.write_text("record,code,name,head,phone\n" + text, encoding="utf-8")
        sources.append(LinkSource(side, load(path, store.shelf(side), schema).snapshot, "record", mapped))
    found = members(link(sources, rules, store, "e"))
    assert found["a", "1"] == found["b", "x"]
    assert found["a", "2"] == found["b", "y"]
    assert len({found["a", "3"], found["b", "z"], found["a", "1"], found["a", "2"]}) == 4


def test_rows_without_a_key_of_their_own_are_refused(store):
    with pytest.raises(Refused, match="repeated-key"):
        link([give(store, "a", [{"record": "1"}, {"record": "1"}])], RULES, store, "r")


def test_what_cannot_be_told_apart_waits_until_its_rival_is_settled():
    about = {n: About(0 if n < 10 else 1, None) for n in (1, 2, 11, 12)}
    both = [Edge(1, 11, 20, ""), Edge(1, 12, 19, "")]
    assert settle(both, about, frozenset({0, 1}), 5, 5).links == []
    freed = settle([*both, Edge(2, 12, 30, "")], about, frozenset({0, 1}), 5, 5)
    assert {(edge.a, edge.b) for edge in freed.links} == {(1, 11), (2, 12)}
    assert freed.reviews == []


def test_two_numbers_never_meet_through_a_third_row():
    about = {1: About(0, "A"), 11: About(1, None), 21: About(2, "B")}
    found = settle([Edge(1, 11, 20, ""), Edge(11, 21, 18, "")], about, frozenset({0, 1, 2}), 5, 5)
    assert len(found.links) == 1
    assert [cause for _, cause in found.reviews] == ["taken"]
