"""Whatever is composed parses back, and one wrong character is always seen."""

from __future__ import annotations

from datetime import date

from hypothesis import assume, given
from hypothesis import strategies as st

from zhengtong.kit.identifiers import (
    is_certificate_id,
    is_credit_code,
    is_organisation_code,
    is_resident_id,
    make_certificate_id,
    make_credit_code,
    make_organisation_code,
    make_resident_id,
    parse_certificate_id,
    parse_credit_code,
    parse_region_code,
    parse_resident_id,
)
from zhengtong.kit.identifiers.credit_code import ALPHABET

regions = st.integers(0, 9999).map(lambda n: f"99{n:04d}")
bodies = st.text(alphabet=ALPHABET, min_size=8, max_size=8)
full_width = str.maketrans({chr(c): chr(c + 0xFEE0) for c in range(0x30, 0x5B)})

people = st.builds(
    make_resident_id,
    region_code=regions,
    born_on=st.dates(date(1900, 1, 1), date(2026, 1, 1)),
    sequence=st.integers(0, 999),
)
credit_codes = st.builds(
    make_credit_code,
    authority=st.sampled_from(ALPHABET),
    category=st.sampled_from(ALPHABET),
    region_code=regions,
    body=bodies,
)
certificates = st.builds(
    lambda code, kind, serial, version: make_certificate_id(
        type_code=f"{code}{kind:03d}", issuer_code=code.canonical, serial=serial, version=version
    ),
    credit_codes,
    st.integers(0, 999),
    st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=32),
    st.integers(1, 999),
)


@given(people)
def test_a_made_resident_id_parses_back_in_any_width(person):
    assert parse_resident_id(person.canonical) == person
    assert parse_resident_id(person.canonical.translate(full_width)) == person
    assert parse_resident_id(f" {person.canonical.lower()} ") == person


@given(people, st.integers(0, 16), st.integers(0, 9))
def test_one_wrong_digit_of_a_resident_id_is_seen(person, place, digit):
    assume(person.canonical[place] != str(digit))
    assert not is_resident_id(f"{person.canonical[:place]}{digit}{person.canonical[place + 1 :]}")


@given(people, st.integers(0, 16))
def test_two_swapped_neighbours_of_a_resident_id_are_seen(person, place):
    text = person.canonical
    assume(text[place] != text[place + 1])
    assert not is_resident_id(text[:place] + text[place + 1] + text[place] + text[place + 2 :])


@given(credit_codes, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_a_credit_code_parses_back_and_one_wrong_character_is_seen(code, place, char):
    text = code.canonical
    assert parse_credit_code(text.translate(full_width)) == code
    assume(text[place] != char)
    assert not is_credit_code(text[:place] + char + text[place + 1 :])


@given(bodies)
def test_an_organisation_code_parses_back_and_a_wrong_check_digit_is_seen(body):
    code = make_organisation_code(body)
    assert sum(is_organisation_code(body + check) for check in "0123456789X") == 1
    assert is_organisation_code(f"{code[:8]}-{code[8]}")


@given(certificates, st.data())
def test_a_certificate_id_parses_back_and_one_wrong_character_is_seen(certificate, data):
    text = certificate.canonical
    assert parse_certificate_id(text) == certificate
    place = data.draw(st.integers(len("1.2.156.3005.2."), len(text) - 1))
    assume(text[place] != ".")
    wrong = data.draw(st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ").filter(lambda c: c != text[place]))
    assert not is_certificate_id(text[:place] + wrong + text[place + 1 :])


@given(st.integers(10**11, 10**12 - 1))
def test_a_region_is_within_its_parent_which_is_one_of_fewer_digits(number):
    region = parse_region_code(str(number))
    assert region.is_within(region)
    for above in region.ancestors:
        assert above.level < region.level
        assert region.is_within(above)
        assert not above.is_within(region)


@given(st.text(max_size=40))
def test_any_text_at_all_is_judged_and_never_breaks_a_parser(text):
    for judge in (is_resident_id, is_credit_code, is_organisation_code, is_certificate_id):
        assert judge(text) in (True, False)
