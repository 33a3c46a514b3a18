"""What identifiers tell once they are parsed, and what composing them gives."""

from __future__ import annotations

from datetime import date

import pytest

from zhengtong.kit import Refused
from zhengtong.kit.identifiers import (
    RegionLevel,
    Sex,
    make_catalog_code,
    make_certificate_id,
    make_credit_code,
    make_handling_item_code,
    make_resident_id,
    make_task_code,
    parse_catalog_code,
    parse_certificate_id,
    parse_region_code,
    parse_resident_id,
    to_18,
)


def test_a_resident_id_tells_place_birth_and_sex():
    person = parse_resident_id("11010519491231002X")
    assert (person.region_code, person.born_on, person.sex) == ("110105", date(1949, 12, 31), Sex.FEMALE)


def test_age_counts_full_years():
    person = make_resident_id(region_code="990102", born_on=date(2004, 2, 29), sequence=1)
    assert person.sex is Sex.MALE
    assert [person.age_on(date(2025, 2, day)) for day in (27, 28)] == [20, 20]
    assert person.age_on(date(2025, 3, 1)) == 21
    assert person.age_on(date(2024, 2, 29)) == 20


def test_a_birth_after_today_is_refused_by_the_day_given():
    text = make_resident_id(region_code="990102", born_on=date(2026, 11, 20), sequence=2).canonical
    assert parse_resident_id(text, today=date(2026, 11, 20)).born_on == date(2026, 11, 20)
    with pytest.raises(Refused, match="birth-in-future"):
        parse_resident_id(text, today=date(2026, 11, 19))


def test_fifteen_digits_become_eighteen():
    assert to_18("110105491231002") == "11010519491231002X"
    with pytest.raises(Refused, match="length"):
        to_18("11010519491231002X")


@pytest.mark.parametrize("sequence", [-1, 1000])
def test_a_sequence_out_of_range_is_a_bug(sequence):
    with pytest.raises(ValueError, match="0 to 999"):
        make_resident_id(region_code="990102", born_on=date(2000, 1, 1), sequence=sequence)


def test_a_credit_code_is_composed_with_both_check_digits():
    code = make_credit_code(authority="1", category="1", region_code="990100", body="MB000017")
    assert (code.authority, code.category, code.region_code) == ("1", "1", "990100")
    assert code.has_valid_organisation_code
    assert len(code.canonical) == 18


@pytest.mark.parametrize(
    ("text", "level", "parent"),
    [
        ("990000", RegionLevel.PROVINCE, None),
        ("990100", RegionLevel.CITY, "990000000000"),
        ("990102", RegionLevel.COUNTY, "990100000000"),
        ("990102001", RegionLevel.TOWN, "990102000000"),
        ("990102001003", RegionLevel.VILLAGE, "990102001000"),
        ("990200003000", RegionLevel.TOWN, "990200000000"),
    ],
)
def test_a_region_knows_its_level_and_the_region_above(text, level, parent):
    region = parse_region_code(text)
    assert region.level is level
    assert (region.parent and str(region.parent)) == parent


def test_a_region_lies_within_those_above_it_and_itself_only():
    village = parse_region_code("990102001003")
    assert [str(above) for above in village.ancestors] == [
        "990102001000",
        "990102000000",
        "990100000000",
        "990000000000",
    ]
    assert all(village.is_within(above) for above in (village, *village.ancestors))
    assert not village.is_within(parse_region_code("990103"))
    assert not parse_region_code("990102").is_within(village)
    assert village.six == "990102"


def test_a_city_ending_in_zero_keeps_its_province():
    region = parse_region_code("991000")
    assert region.level is RegionLevel.CITY
    assert str(region.parent) == "990000000000"


def test_a_certificate_tells_its_parts_and_the_next_version():
    issuer = make_credit_code(authority="1", category="1", region_code="990100", body="MB000017").canonical
    first = make_certificate_id(type_code=issuer + "001", issuer_code=issuer, serial="2026000001")
    assert first.has_regular_issuer
    second = parse_certificate_id(first.next_version().canonical)
    assert (second.serial, second.version) == ("2026000001", 2)


def test_an_irregular_issuer_is_told_apart():
    parsed = parse_certificate_id("1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9")
    assert not parsed.has_regular_issuer


@pytest.mark.parametrize("version", [0, 1000])
def test_a_certificate_version_out_of_range_is_refused(version):
    with pytest.raises(Refused, match="version"):
        make_certificate_id(type_code="11100000000013338W011", issuer_code="340100", serial="1", version=version)


def test_a_catalogue_code_tells_its_parts():
    code = parse_catalog_code("370117002011")
    parts = (code.province, code.kind, code.department, code.main_item, code.sub_item)
    assert parts == ("37", "01", "17", "002", "011")
    assert not code.is_national
    assert parse_catalog_code("000131001000").is_national


def test_task_and_handling_item_codes_are_composed_from_their_parts():
    catalog = make_catalog_code(province="37", kind="01", department="17", main_item="002", sub_item="011")
    task = make_task_code(organisation_code="11370800MB28559184", level=3, catalog_code=catalog.canonical)
    assert task.canonical == "11370800MB285591843370117002011"
    item = make_handling_item_code(task_code=task.canonical, sequence=7)
    assert (item.canonical[-2:], item.task) == ("07", task)
