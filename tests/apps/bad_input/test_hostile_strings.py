"""Hostile strings everywhere（恶意字符串）: kept as text or refused, never run, never echoed alive, never a fault of ours."""

from __future__ import annotations

import pytest

from tests.apps.bad_input.doors import Page, browser
from tests.apps.bad_input.test_bad_input import FAULT

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300), pytest.mark.xdist_group("hostile strings")]
MARK = "<script>alert('zt')</script>"
STRINGS = {
    "SQL": "'; DROP TABLE people_resident; --",
    "script": MARK,
    "an attribute that runs": "\"><img src=x onerror=alert('zt')>",
    "template syntax": "{{ 7 }}{% debug %}{# #}",
    "a NUL": "甲\0乙",
    "text that runs backwards": "滨河路\u202e8\u202c号",
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈 home",
    "a character beyond the basic plane": "𠮷𠮷𠮷𠮷",
    "half a surrogate": "\\ud83d\ufffd",
    "control characters": "a\x01\x02\x1b[31mb",
    "JSON": '{"version": 99, "decision": "granted"}',
    "a formula of a spreadsheet": '=HYPERLINK("http://evil.example")',
    "100 kB": "好" * 34000,
    "a path": "../../../../etc/passwd",
}
DOORS = {
    "search": lambda text: Page("", "/search?q=" + quoted(text)),
    "catalogue": lambda text: Page("", "/data/catalog/?q=" + quoted(text)),
    "desk search": lambda text: Page("health.examiner2", "/desk/search/?q=" + quoted(text)),
    "tracking": lambda text: Page("", "/track/", post={"no": text, "phone": text[:4], "code": text}),
    "verifying": lambda text: Page("", "/verify/", post={"identifier": text}),
    "sign-in": lambda text: Page("", "/accounts/login/", post={"login": text, "password": text}),
    "a field of the form": lambda text: Page("newcomer", "/apply/{permit_draft}/home/", post={"version": "{version:permit_draft}", "residence.address": text + "四个字啊", "residence.since": "2026-01-05"}),
    "hidden fields": lambda text: Page("newcomer", "/apply/{permit_draft}/submit", post={"version": text, text[:50]: text}),
    "a situation question": lambda text: Page("mother", "/apply/birth/start", post={"answer-married": text}),
    "a delegation": lambda text: Page("father", "/delegations/", post={"agent_number": text, "agent_name": text, "relation": text}),
    "another identity": lambda text: Page("mother", "/identity/switch", post={"acting_for": text}),
    "a reason at the desk": lambda text: Page("health.examiner2", "/desk/cases/{accepted}/supplement", post={"version": "{version:accepted}", "reason": text, "other": text, "phrase": text}),
    "an outcome": lambda text: Page("health.examiner2", "/desk/cases/{accepted}/settle", post={"version": "{version:accepted}", "decision": "granted", "outcome-certificate_no": text, "preview": "1"}),
    "a review": lambda text: Page("mother", "/my/reviews/new", post={"case": "{whole}", "satisfaction": "1", "comment": text, "tags": [text]}),
    "a request for data": lambda text: Page("education.data", "/data/sets/population/request", post={"fields": [text], "usage_basis": text, "share_modes": [text], "valid_from": text}),
    "a calling system": lambda text: Page("education.data", "/data/clients/register", post={"name": text}),
    "a declaration": lambda text: Page("public-security.data", "/data/register", post={"declaration": text}),
}  # fmt: skip
EXPECTED = {200, 303, 400, 403, 404, 422, 429}


def quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text)


@pytest.mark.parametrize("name", STRINGS)
def test_a_hostile_string_is_text_or_refused_at_every_door(name: str, city):
    text = STRINGS[name]
    for door, knock in DOORS.items():
        page = knock(text)
        client = browser(page.who)
        answer = page.knock(city, client=client)
        assert answer.status in EXPECTED, (door, answer.words[:800])
        if answer.status == 303:  # taken as text: the next page shows it
            answer = Page(page.who, answer.location).knock(city, client=client)
            assert answer.status < 400, (door, answer.words[:800])
        assert not FAULT.search(answer.words), (door, answer.words[:800])
        for alive in (MARK, "<img src=x", "<script>alert"):
            assert alive not in answer.raw, (door, "is echoed alive")
