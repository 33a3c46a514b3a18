"""Regions and organisations have their time and their place."""

from __future__ import annotations

import datetime as dt

from tests.apps.people.town import CITY, DISTRICT, TOWN, Town, credit_code, make_organisation
from zhengtong.apps.people import actions, queries
from zhengtong.apps.people.shapes import SYSTEM, Actor, NewRegion


def test_an_abolished_region_is_still_what_it_was_on_a_day_of_its_time(town: Town, now: dt.datetime, refuses) -> None:
    actions.abolish_region(code=TOWN, on=dt.date(2020, 7, 1), replaced_by=DISTRICT, by=SYSTEM, at=now)

    assert queries.get_region(TOWN, on=dt.date(2020, 6, 30)).name_zh == "桥头街道"
    assert queries.get_region(TOWN, on=dt.date(2020, 6, 30)).replaced_by == DISTRICT
    with refuses("people.region.unknown", 404):
        queries.get_region(TOWN)
    with refuses("people.region.unknown", 404):
        queries.get_region(TOWN, on=dt.date(2020, 7, 1))


def test_an_address_code_is_read_by_the_table_of_its_day_and_never_refused(town: Town, now: dt.datetime) -> None:
    actions.abolish_region(code=DISTRICT, on=dt.date(2015, 1, 1), by=SYSTEM, at=now)
    actions.define_region(
        code=DISTRICT, name_zh="新江区", name_en="Xinjiang", valid_from=dt.date(2018, 1, 1), by=SYSTEM, at=now
    )

    assert queries.find_address_region("990102", dt.date(1995, 3, 5)).name_zh == "新江区", "no trace: the last meaning"
    assert queries.find_address_region("990102", dt.date(2010, 3, 5)).name_zh == "江东区"
    assert queries.find_address_region("990102", dt.date(2016, 3, 5)).name_zh == "新江区"
    assert queries.find_address_region("990199", dt.date(2016, 3, 5)) is None


def test_a_region_in_force_is_not_defined_twice_and_nothing_stays_of_the_attempt(town: Town, now, refuses) -> None:
    new = [
        NewRegion("990103000000", "西岸区", "Xi'an", dt.date(2020, 1, 1)),
        NewRegion(DISTRICT, "x", "x", dt.date(2021, 1, 1)),
    ]
    with refuses("people.region.in-force", 409):
        actions.define_regions(regions=new, by=SYSTEM, at=now)
    assert [region.code for region in queries.list_regions(CITY)] == [DISTRICT]


def test_a_region_without_one_above_is_refused(town: Town, now, refuses) -> None:
    with refuses("people.region.no-parent", 404):
        actions.define_region(
            code="990107001000", name_zh="孤街道", name_en="x", valid_from=dt.date(2020, 1, 1), by=SYSTEM, at=now
        )


def test_a_region_does_not_end_before_it_began(town: Town, now, refuses) -> None:
    with refuses("people.region.ends-before-start"):
        actions.abolish_region(code=TOWN, on=dt.date(2000, 1, 1), by=SYSTEM, at=now)


def test_the_tree_is_walked_in_both_directions(town: Town) -> None:
    assert [region.name_zh for region in queries.region_path(TOWN)] == ["澜江市", "江东区", "桥头街道"]
    assert [region.level for region in queries.list_regions()] == [2]
    assert queries.region_name(TOWN, "en") == "Qiaotou Subdistrict"
    assert queries.region_name("990177000000", "zh-hans") == "990177000000"


def test_a_function_is_found_in_the_region_or_the_nearest_above(town: Town, now: dt.datetime) -> None:
    assert queries.find_organisation(function="public-security", region_code=TOWN) == town.police
    assert queries.find_organisation(function="health", region_code=TOWN) == town.health
    assert queries.find_organisation(function="finance", region_code=TOWN) is None
    nearer = make_organisation("health", "33333333", DISTRICT, now)
    assert queries.find_organisation(function="health", region_code=TOWN) == nearer
    actions.close_organisation(organisation_id=nearer.id, by=SYSTEM, at=now)
    assert queries.find_organisation(function="health", region_code=TOWN) == town.health


def test_two_organisations_do_not_lead_one_function_in_a_region(town: Town, now, refuses) -> None:
    with refuses("people.organisation.already-registered", 409):
        make_organisation("health", "44444444", CITY, now)


def test_only_who_may_registers_organisations(town: Town, now, refuses) -> None:
    officer = Actor(kind="officer", organisation=town.health, roles=frozenset({"window", "leader"}))
    with refuses("people.act.not-permitted", 403):
        actions.register_organisation(
            uscc=credit_code("55555555"), name_zh="甲", name_en="A", short_zh="甲", region_code=CITY, by=officer, at=now
        )
