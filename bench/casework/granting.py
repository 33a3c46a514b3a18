"""Processes of the granting bench: `python -m bench.casework.granting HOME URL furnish PEOPLE | work ROUND | count ROUND`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from uuid import UUID

from bench.casework import allowance, city


def main(home: str, url: str, verb: str, given: str) -> None:
    city.open_site(Path(home), url)
    if verb == "furnish":
        print(allowance.furnish(Path(home), int(given)))
    elif verb == "work":
        from zhengtong.apps.proactive import tasks

        tasks.run_round(round_id=UUID(given))
    else:
        print(json.dumps(counted(given)))


def counted(round_id: str) -> dict[str, int]:
    """Return what came of a round, counted in the records themselves."""
    from zhengtong.apps.cases.models import Case
    from zhengtong.apps.evidence import queries as evidence
    from zhengtong.apps.people.shapes import SYSTEM
    from zhengtong.apps.proactive import queries

    granted = Case.objects.filter(matter_code=allowance.MATTER, state="granted")
    return {
        "granted": queries.get_round(round_id, SYSTEM).granted,
        "cases": granted.count(),
        "people": granted.values("applicant_key").distinct().count(),
        "receipts": evidence.count_receipts(),
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
