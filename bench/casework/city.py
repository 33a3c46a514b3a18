"""A city for the bench: departments, officers, residents, and a matter that is nothing but form, terms and decision."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
REGION = "990100000000"
MATTER = "bench-permit"
OWNER = "public-security"
ORGANISATIONS = 20
RESIDENTS = 2000
OFFICERS = 10  # of the department that handles the matter
PASSWORD = "Bench-2026-pass"  # noqa: S105 - a site that lives for minutes
ANSWERS = {"kind": "first", "reason": "home"}


@contextlib.contextmanager
def site(url: str | None = None) -> Iterator[Path]:
    """Open a fresh site in this process, on SQLite unless `url` names a PostgreSQL, and found the city in it."""
    with tempfile.TemporaryDirectory(prefix="zhengtong-bench-") as folder:
        open_site(Path(folder), url)
        found_city()
        yield Path(folder)


def open_site(home: Path, url: str | None = None) -> None:
    """Make Django ready in this process for the site in `home`."""
    os.environ.update(ZHENGTONG_HOME=str(home), DJANGO_SETTINGS_MODULE="zhengtong.site.settings")
    os.environ["DATABASE_URL"] = url or f"sqlite:///{home}/bench.sqlite3"
    os.environ.setdefault("ZHENGTONG_REQUIRE_MFA", "0")
    import django

    django.setup()


def found_city() -> None:
    """Migrate and found the city through the doors."""
    from django.core.management import call_command
    from django.utils import timezone

    call_command("migrate", verbosity=0, interactive=False)
    from zhengtong.apps.matters import actions as matters
    from zhengtong.apps.people import actions as people
    from zhengtong.apps.people.shapes import SYSTEM

    at = timezone.now()
    people.define_region(
        code="990000000000", name_zh="澜省", name_en="Lan", valid_from=dt.date(2000, 1, 1), by=SYSTEM, at=at
    )
    people.define_region(
        code=REGION, name_zh="澜江市", name_en="Lanjiang", valid_from=dt.date(2000, 1, 1), by=SYSTEM, at=at
    )
    for number in range(ORGANISATIONS):
        organisation(number, at)
    people.register_residents(residents=map(resident, range(RESIDENTS)), by=SYSTEM, at=at)
    for number in range(OFFICERS):
        officer_account(number, at)
    matters.publish_pack(pack=the_matter(), by=SYSTEM, at=at)


def the_matter() -> Any:
    """Return the bench's matter: the residence permit's form, terms and questions, without the data it reads, the file
    it asks for and the certificate it issues — those are other rooms' work and have figures of their own."""
    from zhengtong.declared import load_pack

    pack = load_pack(ROOT / "packs" / "residence-permit")
    bare = {"data_uses": (), "materials": (), "certificates": (), "checks": (), "golden": ()}
    return dataclasses.replace(pack, id=MATTER, catalog_code="", outcome=(), **bare)


def organisation(number: int, at: dt.datetime) -> Any:
    from zhengtong.apps.people import actions as people
    from zhengtong.apps.people.shapes import SYSTEM
    from zhengtong.kit.identifiers import make_credit_code

    code = make_credit_code(authority="1", category="1", region_code="990100", body=f"99{number:06d}").canonical
    return people.register_organisation(
        uscc=code, name_zh=f"澜江市第{number}局", name_en=f"Bureau {number}", short_zh=f"第{number}局",
        function=OWNER if number == 0 else f"bench-{number}", region_code=REGION, by=SYSTEM, at=at,
    )  # fmt: skip


def id_number(number: int) -> str:
    """Return a fictional resident's number, its check digit right."""
    from zhengtong.kit.identifiers import make_resident_id

    day = dt.date(1950, 1, 1) + dt.timedelta(days=number // 999)
    return make_resident_id(region_code="990101", born_on=day, sequence=number % 999 + 1).canonical


def resident(number: int) -> Any:
    from zhengtong.apps.people.shapes import NewResident

    return NewResident(
        name="赵钱孙李周吴郑王"[number % 8] + "明华"[number % 2] + "一二三四五六七八九"[number % 9],
        id_number=id_number(number), sex="", born_on=None, region_code=REGION,
        address=f"澜江市江东区滨河路 {number} 号", phone=f"139{number % 10**8:08d}",
    )  # fmt: skip


def officer_account(number: int, at: dt.datetime) -> None:
    from zhengtong.apps.people import actions as people
    from zhengtong.apps.people import queries
    from zhengtong.apps.people.shapes import SYSTEM

    account = people.open_account(username=f"officer{number}", password=PASSWORD, name="钱一鸣", by=SYSTEM, at=at)
    department = queries.find_organisation(function=OWNER, region_code=REGION)
    people.appoint_officer(
        account_id=account.id, organisation_id=department.id, title_zh="审查员", title_en="Examiner",
        roles=["window", "examiner"], by=SYSTEM, at=at,
    )  # fmt: skip


def form(number: int) -> dict[str, Any]:
    """Return what a resident enters."""
    return {
        "person.name": "赵明一", "person.id_number": id_number(number), "person.sex": "1", "person.nation": "01",
        "person.household_address": f"澜江市江西区人民路 {number} 号", "person.phone": f"139{number % 10**8:08d}",
        "residence.address": f"澜江市江东区滨河路 {number} 号", "residence.since": "2026-01-05",
    }  # fmt: skip


if __name__ == "__main__":
    open_site(Path(sys.argv[1]), sys.argv[2])
    found_city()
