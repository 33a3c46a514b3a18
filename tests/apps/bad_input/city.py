"""澜江市 for the bad-input tests（错误输入用的城市）: seeded and furnished, with applications at every stage of their life.

Everything is made through doors: people by the seed, applications by the pages a parent fills in, decisions by the
desk's forms, grants by the actions of sharing. `names` holds every number a case of the table may speak of.
"""

from __future__ import annotations

import datetime as dt
import re
import tempfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import httpx
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.cache import cache as counters
from django.core.handlers.wsgi import WSGIHandler
from django.utils import timezone

from zhengtong.apps.cases import queries as cases
from zhengtong.apps.certificates import authority
from zhengtong.apps.certificates import queries as certificates
from zhengtong.apps.certificates.authority import KeyRing
from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.evidence import queries as receipts
from zhengtong.apps.exchange import actions as exchange
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import SYSTEM, Actor
from zhengtong.cli.furnish import furnish_city
from zhengtong.cli.progress import Stages
from zhengtong.cli.seed import SeededCity, seed_people
from zhengtong.cli.walk import newborn
from zhengtong.cli.walk.browser import Visitor

PASSWORD = "Lanjiang-2026"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PARTS = {
    "birth-medical-certificate": "health",
    "household-registration": "public-security",
    "vaccination-record": "disease-control",
    "social-security-card": "human-resources",
    "medical-insurance": "medical-insurance",
}
PERMIT = {"answer-kind": "first", "answer-reason": "home"}


@dataclass
class City:
    """The seeded city and what the tables may name."""

    seeded: SeededCity
    names: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    pdf: bytes = b""


class Neighbour(Visitor):
    """A person without script whose browser calls the site in this process."""

    def __init__(self, username: str) -> None:
        super().__init__("http://testserver")
        self.client.close()
        wire = httpx.WSGITransport(app=pages())
        self.client = httpx.Client(transport=wire, base_url="http://testserver", follow_redirects=True)
        counters.clear()  # the city's many sign-ins, all from one address, are not a flood
        self.sign_in(username, PASSWORD)


@cache
def pages() -> WSGIHandler:
    """Return the site's pages as the WSGI callable they are served by."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    return WSGIHandler()


def actor_of(username: str) -> Actor:
    """Return the actor of an account, as the site would."""
    return people.get_actor(get_user_model().objects.get(username=username), at=timezone.now())


def found_city() -> City:
    """Seed, furnish and settle the city; return it."""
    city = City(seed_people(timezone.now(), residents=500, legal_entities=20))
    furnish_city(city.seeded, Stages(quiet=True))
    settle_mothers_application(city)
    leave_applications_at_every_stage(city)
    leave_permits_at_every_stage(city)
    leave_sharing_at_every_stage(city)
    city.files["bundle"] = exported()
    counters.clear()
    return city


def exported() -> bytes:
    """Return the ledger, sealed, as the bundle that is handed to strangers."""
    evidence.seal(at=timezone.now())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.zip"
        evidence.export_bundle(path=path, by=SYSTEM, at=timezone.now())
        return path.read_bytes()


def settle_mothers_application(city: City) -> None:
    """The demonstration's mother applied and all five departments granted: certificates, receipts, a tracking code."""
    with Neighbour("mother") as mother:
        application = newborn.apply_for_newborn(mother)
        parts = newborn.part_numbers(mother, application.no)
    officers = [Neighbour(f"{function}.examiner2") for function in PARTS.values()]
    newborn.work_through(officers, parts)
    for officer in officers:
        officer.client.close()
    whole = cases.get_case(application.no, actor_of("mother"))
    city.names.update(whole=whole.no, settled=whole.parts[0].no, track=application.track_code)
    city.names["certificate"] = whole.certificates[0]
    city.names["receipt"] = receipts.list_receipts(whole.no)[0].no
    city.names["notice"] = str(cases.list_notices(actor_of("mother"))[0].id)
    city.names["mandate"] = next(m.id for m in people.list_mandates(actor_of("mother")) if m.kind == "delegation")
    city.names["health"] = city.seeded.organisations["health"].uscc
    city.names["stranger"] = actor_of("newcomer").resident.id
    city.pdf = certificates.pdf(city.names["certificate"], actor_of("mother"))
    city.files = forgeries(city.pdf)


def forgeries(pdf: bytes) -> dict[str, bytes]:
    """Return what a forger hands in: the certificate altered, cut off, and the root of somebody else's site."""
    altered = bytearray(pdf)
    altered[len(pdf) // 3] ^= 1
    with tempfile.TemporaryDirectory() as elsewhere:
        other = KeyRing(Path(elsewhere), "k", (("k", b"other"),))
        identity = authority.root_identity(other, name="他处", at=timezone.now())
        other_root = authority.to_pem(identity.certificate_der)
    root = certificates.root_certificate_pem(at=timezone.now())
    return {"altered": bytes(altered), "truncated": pdf[: len(pdf) // 2], "root": root, "other_root": other_root}


def leave_applications_at_every_stage(city: City) -> None:
    """Newborns: one draft begun, one submitted and unclaimed, one claimed, one accepted, one withdrawn."""
    city.names["draft"] = begin("parent01", "/life/birth/", newborn.ANSWERS)
    for username, name in (
        ("parent02", "pool"),
        ("parent03", "claimed"),
        ("parent04", "accepted"),
        ("parent05", "gone"),
    ):
        with Neighbour(username) as parent:
            no = newborn.apply_for_newborn(parent).no
            city.names[f"{name}_whole"] = no
            city.names[name] = part_of(no, username, "birth-medical-certificate")
            if name == "gone":
                parent.open(f"/my/cases/{no}/")
                parent.submit(parent.page.form("withdraw"), {})
    with Neighbour("health.examiner2") as officer:
        for name, doings in (("claimed", ("claim",)), ("accepted", ("claim", "accept"))):
            for doing in doings:
                page = officer.open(f"/desk/cases/{city.names[name]}/")
                officer.submit(page.form(f"/{doing}"))


def leave_permits_at_every_stage(city: City) -> None:
    """Residence permits: a draft, one asked for an addition, one that was asked once already, one settled and reviewable."""
    city.names["permit_draft"] = begin("newcomer", "/apply/residence-permit/start", PERMIT)
    for username, name in (("parent06", "supplementing"), ("parent07", "answered"), ("parent08", "permit")):
        city.names[f"{name}_sent"] = begin(username, "/apply/residence-permit/start", PERMIT)
        with Neighbour(username) as person:
            fill_permit(person, city.names[f"{name}_sent"])
            city.names[name] = newborn.number_on(person.page, "/my/cases/")
    with Neighbour("public-security.examiner2") as officer:
        for name in ("supplementing", "answered", "permit"):
            for doing in ("claim", "accept"):
                officer.submit(officer.open(f"/desk/cases/{city.names[name]}/").form(f"/{doing}"))
        for name in ("supplementing", "answered"):
            page = officer.open(f"/desk/cases/{city.names[name]}/?do=supplement")
            officer.submit(
                page.form("/supplement"), {"item": ["material:home_proof"], "reason": "租房合同缺最后一页。"}
            )
    with Neighbour("parent07") as person:
        page = person.open(f"/my/cases/{city.names['answered']}/supplement")
        person.submit(page.form("/supplement"), files={"file-home_proof": ("租房合同.pdf", PDF + b"%%EOF\n")})
    file = next(
        file for slot in cases.get_case(city.names["permit"], actor_of("parent08")).materials for file in slot.files
    )
    city.names["file"] = str(file.id)


def leave_sharing_at_every_stage(city: City) -> None:
    """Requests and grants of a department that is no party to the packs, and a calling system of public security."""
    at = timezone.now()
    education = actor_of("education.data")
    for name in ("internal", "submitted"):
        city.names[name] = ask(education, at, at.date() + dt.timedelta(days=90)).no
    exchange.consent_internally(request_no=city.names["submitted"], by=actor_of("education.approver"), at=at)
    for name, function, since, days in (
        ("granted", "tax", 0, 90),
        ("revoked", "education", 0, 90),
        ("suspended", "transport", 0, 90),
        ("expired", "agriculture", 200, 30),
    ):
        then = at - dt.timedelta(days=since)
        asked = ask(actor_of(f"{function}.data"), then, then.date() + dt.timedelta(days=days))
        exchange.consent_internally(request_no=asked.no, by=actor_of(f"{function}.approver"), at=then)
        grant = exchange.approve_request(request_no=asked.no, fields=("id_number", "name"), by=SYSTEM, at=then)
        city.names[name] = grant.no
        client, secret = exchange.register_client(
            organisation_id=grant.consumer.id, name="测试系统", by=actor_of(f"{function}.data"), at=then
        )
        city.names[f"{name}_client"], city.names[f"{name}_secret"] = client.client_id, secret
    approver = actor_of("public-security.approver")
    exchange.revoke_grant(grant_no=city.names["revoked"], reason="用途已结束", by=approver, at=at)
    exchange.suspend_grant(grant_no=city.names["suspended"], reason="核查用途", by=approver, at=at)
    city.names["mother_id"] = city.seeded.population.cast["mother"].id_number


def ask(by: Actor, at: dt.datetime, until: dt.date):
    return exchange.request_share(
        resource_code="population",
        fields=("id_number", "name"),
        usage_basis="政务数据共享条例第二十条",
        usage_scenario="核对申请人身份",
        usage_scope="逐件查询",
        share_modes=("api",),
        valid_from=timezone.localdate(at),
        valid_until=until,
        by=by,
        at=at,
    )


def begin(username: str, address: str, answers: dict[str, str]) -> str:
    """Return the id of a draft begun on the pages."""
    with Neighbour(username) as person:
        page = person.submit(person.open(address).form("start"), answers)
        found = re.search(r"/apply/([0-9a-f-]{36})", page.url)
        assert found, f"{username} could not begin at {address}: {page.text()[:300]}"
        return found.group(1)


def fill_permit(person: Neighbour, draft: str) -> None:
    """Fill in, bring the contract, submit: ends on the confirmation."""
    page = person.open(f"/apply/{draft}/home/")
    values = {"residence.address": "澜江市江东区滨河路 8 号"}
    values |= since(page)
    page = person.submit(page.form(""), values)
    page = person.open(f"/apply/{draft}/person/")
    person.submit(page.form(""), newborn.filled_in(page.form("")))
    page = person.open(f"/apply/{draft}/materials/")
    person.submit(page.form("/materials"), files={"file-home_proof": ("租房合同.pdf", PDF)})
    page = person.open(f"/apply/{draft}/check/")
    person.submit(page.form("/submit"))


def since(page) -> dict[str, str]:
    """Return the day since which the person lives there, in the three controls of a date or in one."""
    names = {item.get("name") for item in page.form("").iter("input")}
    if "residence.since" in names:
        return {"residence.since": "2026-01-05"}
    return {"residence.since-y": "2026", "residence.since-m": "1", "residence.since-d": "5"}


def part_of(no: str, username: str, matter: str) -> str:
    """Return the number of one part of a one-thing."""
    return next(part.no for part in cases.get_case(no, actor_of(username)).parts if part.matter_code == matter)
