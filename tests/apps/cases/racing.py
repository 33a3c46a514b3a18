"""Run by test_races in several processes at once: `python -m tests.apps.cases.racing seed|settle|submit …`.

Each prints one JSON line: what came of its attempt. The database is a file given by DATABASE_URL, as in production.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from zoneinfo import ZoneInfo

from tests.apps.cases.starting import wait_at

NOW = dt.datetime(2026, 11, 19, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


def main(verb: str, *given: str) -> None:
    """Do one thing and print what came of it."""
    import django

    django.setup()
    from zhengtong.kit import Refused

    try:
        print(json.dumps({"ok": True, **(VERBS[verb](*given) or {})}))
    except Refused as refusal:
        print(json.dumps({"ok": False, "code": refusal.code, "zh": refusal.zh}))


def seed() -> dict[str, object]:
    """Migrate, found the city and submit a permit and drafts."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from tests.apps.cases import city as cities
    from zhengtong.apps.cases import actions
    from zhengtong.apps.exchange import actions as exchange

    city = cities.found_city(NOW)
    exchange.read = city.reader.read
    permit = cities.apply_for_permit(city)
    actions.accept_case(case_no=permit.no, by=city.officer("public-security", account=501), at=NOW)
    actions.release_task(case_no=permit.no, by=city.officer("public-security", account=501), at=NOW)
    draft = actions.start_draft(matter_code="birth", answers=cities.ANSWERS, by=city.mother, at=NOW)
    return {"permit": permit.no, "draft": str(draft.id), "version": draft.version}


def settle(no: str, account: str, version: str, gate: str) -> dict[str, object]:
    """Decide when the gate opens, as one of two officers."""
    from zhengtong.apps.cases import actions

    by = officer(int(account))
    wait_at(gate)
    case = actions.settle_case(
        case_no=no, decision="granted", outcome={"permit_no": f"J{account}"}, version=int(version), by=by, at=NOW
    )
    return {"version": case.version}


def submit(draft_id: str, version: str, gate: str) -> dict[str, object]:
    """Submit when the gate opens."""
    from zhengtong.apps.cases import actions

    by = mother()
    wait_at(gate)
    return {"no": actions.submit_case(draft_id=draft_id, version=int(version), by=by, at=NOW).no}


def number(count: str, gate: str) -> dict[str, object]:
    """Take case numbers one by one."""
    from zhengtong.apps.cases.numbers import next_numbers

    wait_at(gate)
    return {"numbers": [next_numbers("990101000000", NOW)[0] for _ in range(int(count))]}


def tally(no: str) -> dict[str, object]:
    """Count what is there."""
    from zhengtong.apps.cases.models import Case, CaseAction
    from zhengtong.apps.certificates.models import Certificate

    log = list(CaseAction.objects.filter(case__no=no).order_by("seq").values_list("kind", flat=True))
    return {"log": log, "cases": Case.objects.count(), "certificates": Certificate.objects.count()}


def officer(account: int):
    from zhengtong.apps.people import queries as people
    from zhengtong.apps.people.shapes import Actor

    police = people.find_organisation(function="public-security", region_code="990101000000")
    roles = frozenset({"window", "examiner"})
    return Actor(kind="officer", account_id=account, label=f"测试员{account}", organisation=police, roles=roles)


def mother():
    from tests.apps.cases.city import MOTHER
    from zhengtong.apps.people import queries as people
    from zhengtong.apps.people.shapes import Actor

    return Actor(kind="resident", account_id=101, label="林*嘉", resident=people.find_subject("resident", MOTHER))


VERBS = {"seed": seed, "settle": settle, "submit": submit, "number": number, "tally": tally}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhengtong.site.settings")
    main(*sys.argv[1:])
