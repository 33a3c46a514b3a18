"""Run by test_process_races in several processes: `python -m tests.apps.cases.process_racing seed|complete|tick|die|tally …`.

Each prints one JSON line: what came of its attempt.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys

from tests.apps.cases.racing import NOW, mother
from tests.apps.cases.starting import wait_at

LATER = NOW + dt.timedelta(days=7)  # three working days are over


def main(verb: str, *given: str) -> None:
    """Do one thing and print what came of it."""
    import django

    django.setup()
    from zhengtong.kit import Refused

    try:
        print(json.dumps({"ok": True, **(VERBS[verb](*given) or {})}))
    except Refused as refusal:
        facts = {name: refusal.facts[name] for name in ("by", "at", "kind") if name in refusal.facts}
        print(json.dumps({"ok": False, "code": refusal.code, "status": refusal.status, **facts}))


def seed() -> dict[str, object]:
    """Migrate, found the city and accept three cases on the drawing."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from tests.apps.cases import city as cities
    from tests.apps.cases import visiting
    from zhengtong.apps.cases import actions
    from zhengtong.apps.cases.models import ProcessTask
    from zhengtong.apps.exchange import actions as exchange

    city = cities.found_city(NOW)
    exchange.read = city.reader.read
    visiting.publish(NOW)
    numbers = []
    for _ in range(3):
        case = visiting.apply(city)
        actions.accept_case(case_no=case.no, by=city.officer("public-security", account=501), at=NOW)
        numbers.append(case.no)
    tokens = {no: ProcessTask.objects.get(case__no=no).token for no in numbers[:2]}
    return {"cases": numbers, "tokens": tokens}


def complete(no: str, token: str, account: str, gate: str) -> dict[str, object]:
    """Do the visit when the gate opens, as one of two officers."""
    from zhengtong.apps.cases import actions
    from zhengtong.apps.people import queries as people
    from zhengtong.apps.people.shapes import Actor

    health = people.find_organisation(function="health", region_code="990101000000")
    roles = frozenset({"window", "examiner"})
    by = Actor(kind="officer", account_id=int(account), label=f"测试员{account}", organisation=health, roles=roles)
    wait_at(gate)
    actions.complete_process_task(case_no=no, token=token, variables={"found": account}, by=by, at=NOW)
    return {}


def withdraw(no: str, gate: str) -> dict[str, object]:
    """Withdraw when the gate opens, as the applicant."""
    from zhengtong.apps.cases import actions

    by = mother()
    wait_at(gate)
    actions.withdraw_case(case_no=no, reason="不办了", by=by, at=NOW)
    return {}


def tick(gate: str) -> dict[str, object]:
    """Do the chore of processes when the gate opens, a week later."""
    from zhengtong.apps.cases import tasks

    wait_at(gate)
    return {"moved": tasks.run_processes(at=LATER)}


def die() -> None:
    """Begin the same chore and be gone after the clock's entry was written, before it was committed."""
    from zhengtong.apps.cases import tasks
    from zhengtong.apps.cases.actions import process

    written = process.append

    def written_and_gone(*given, **named):
        written(*given, **named)
        os._exit(9)

    process.append = written_and_gone
    tasks.run_processes(at=LATER)


def tally(*numbers: str) -> dict[str, object]:
    """Say what is there: the log, the notices, the attempts that came late, and whether the process is as folded."""
    from tests.apps.cases.test_process import is_as_folded
    from zhengtong.apps.cases.models import Case, CaseAction, Notice
    from zhengtong.apps.evidence.models import Receipt

    def one(no: str) -> dict[str, object]:
        return {
            "log": list(CaseAction.objects.filter(case__no=no).order_by("seq").values_list("kind", flat=True)),
            "notes": Notice.objects.filter(case__no=no, kind="process-note").count(),
            "late": Receipt.objects.filter(kind="case.came-late", case_no=no).count(),
            "is_as_folded": is_as_folded(Case.objects.get(no=no)),
        }

    return {"cases": [one(no) for no in numbers]}


VERBS = {"seed": seed, "complete": complete, "withdraw": withdraw, "tick": tick, "die": die, "tally": tally}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhengtong.site.settings")
    main(*sys.argv[1:])
