"""The whole main job once（主线走查）: everything through HTTP against a real server, and every claim checked."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zhengtong.cli.progress import Stages
from zhengtong.cli.walk import newborn, sharing
from zhengtong.cli.walk.browser import Unexpected, Visitor
from zhengtong.cli.walk.server import running_site, tail_of

RESOURCE = "birth-records"
DEPARTMENTS = ("health", "public-security", "disease-control", "human-resources", "medical-insurance")


@dataclass
class Tally:
    """What was counted on the way, and what did not hold."""

    counts: dict[str, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def hold(self, claim: str, is_true: bool) -> None:
        """Note a claim that did not hold."""
        if not is_true:
            self.failures.append(claim)


def walk_once(home: Path, residents: int, quiet: bool) -> dict[str, Any]:
    """Seed a city in `home`, do the main job, and return the report; `ok` only if all of it held."""
    stages, tally = Stages(quiet), Tally()
    with stages.stage("seed", "造澜江市 / seeding the city"):
        city, needed, declaration = seed(home, residents, stages)
    with stages.stage("start", "启动服务 / starting the server"):
        running = running_site({"ZHENGTONG_HOME": str(home)})
        site = running.__enter__()
    try:
        do_the_job(site.address, home, city, needed, declaration, stages, tally)
    except Unexpected as wrong:
        tally.failures += [str(wrong), f"the server's log ends: {tail_of(site.log)}"]
    finally:
        running.__exit__(None, None, None)
    with stages.stage("verify", "离线验证存证 / verifying the ledger offline"):
        verify_ledger(home, tally)
    return {"ok": not tally.failures, **tally.counts, "failures": tally.failures, "stages": stages.seconds}


def seed(home: Path, residents: int, stages: Stages):
    """Seed everything but the resource whose sharing is walked; write its rows beside."""
    from zhengtong.cli.serve import prepare

    prepare()
    from django.conf import settings
    from django.db import connections
    from django.utils import timezone

    from zhengtong.cli import seed as seeding
    from zhengtong.cli.furnish import furnish_city
    from zhengtong.declared import list_resource_declarations, load_packs
    from zhengtong.declared.grants import needed_grants

    city = seeding.seed_people(timezone.now(), residents=residents)
    furnish_city(city, stages, leave_out=(RESOURCE,))
    root = settings.ZHENGTONG_PACKS[0]
    declaration = next(one for one in list_resource_declarations(root) if one["name"] == RESOURCE)
    needed = [one for one in needed_grants(load_packs(root)) if one.resource == declaration["code"]]
    seeding.write_birth_records(home / f"{RESOURCE}.csv", city, records=residents)
    connections.close_all()
    return city, needed, declaration


def do_the_job(address: str, home: Path, city, needed, declaration, stages: Stages, tally: Tally) -> None:
    """Share the data, apply, decide, verify, look who read, revoke."""
    bureau = sharing.Bureau(address, city.accounts[0].password)
    provider = declaration["provider"]
    with stages.stage("publish", "卫健委登记并发布数据 / a department publishes data"):
        sharing.publish(bureau, declaration, home / f"{RESOURCE}.csv")
    with stages.stage("grant", "申请、同意、部分批准 / asked for, consented to, granted in part"):
        grants = {
            one.consumer: sharing.ask_and_grant(bureau, RESOURCE, provider, one, ("region_code",)) for one in needed
        }
        tally.counts["grants"] = len(grants)
    mother = city.population.cast["mother"]
    path = f"{RESOURCE}/{mother.id_number}?by=mother_id_number"
    with stages.stage("call", "网关按授权应答 / the gateway answers by the grant"):
        credentials = sharing.register_client(bureau, "public-security")
        found = sharing.call(address, credentials, path)
        tally.hold(
            f"the gateway did not answer: {found.status_code} {found.text[:200]}",
            found.status_code == 200 and found.json()["found"],
        )
        beyond = sharing.call(address, credentials, f"{path}&fields=region_code")
        tally.hold(f"a field that was not granted was answered: {beyond.status_code}", beyond.status_code == 403)
    with Visitor(address) as parent:
        parent.sign_in(city.parents[0], city.accounts[0].password)
        with stages.stage("apply", "一次申请五件事 / one application for five things"):
            application = newborn.apply_for_newborn(parent)
            parts = newborn.part_numbers(parent, application.no)
            tally.counts.update(cases=1 + len(parts), clicks=application.clicks)
            tally.hold(f"five parts were expected, {len(parts)} came", len(parts) == len(DEPARTMENTS))
        with stages.stage("decide", "五个部门受理、审查、决定 / five departments decide"):
            officers = [bureau.officer(f"{name}.examiner2") for name in DEPARTMENTS]
            decided = newborn.work_through(officers, parts)
            tally.hold(f"{decided} of {len(parts)} parts were decided", decided == len(parts))
        with stages.stage("certificates", "任何人都能验证的证照 / certificates anyone can verify"):
            check_certificates(address, parent, home, tally, len(parts))
        with stages.stage("review", "评价，并看谁读过数据 / review; who read the data"):
            review_and_look(parent, application, tally)
    with stages.stage("revoke", "撤销授权，下一次调用即被拒绝 / revoke; the next call is refused"):
        sharing.revoke(bureau, provider, grants["public-security"])
        refused = sharing.call(address, credentials, path)
        tally.counts["reads_refused_after_revocation"] = int(refused.status_code == 403)
        tally.hold(f"a revoked grant still answered: {refused.status_code}", refused.status_code == 403)
    bureau.close()


def check_certificates(address: str, parent: Visitor, home: Path, tally: Tally, expected: int) -> None:
    """Download each certificate, and verify it as a stranger in the browser and offline against the root."""
    page = parent.open("/my/certificates/")
    identifiers = list(
        dict.fromkeys(link.rstrip("/").rsplit("/", 1)[-1] for link in page.links("/my/certificates/1.2.156"))
    )
    with Visitor(address) as stranger:
        root = home / "root.pem"
        root.write_bytes(stranger.download("/verify/root.pem"))
        valid = 0
        for identifier in identifiers:
            pdf = home / f"{identifier}.pdf"
            pdf.write_bytes(parent.download(f"/my/certificates/{identifier}/pdf"))
            told = stranger.open(f"/verify/{identifier}/").text()
            uploaded = stranger.submit(stranger.open("/verify/").form("/verify/"), files={"pdf": pdf}).text()
            command = ["certificates", "verify", str(pdf), "--root", str(root)]
            valid += "有效" in told and identifier in uploaded and run_offline(home, *command).returncode == 0
    tally.counts.update(certificates=len(identifiers), certificates_verified=valid)
    tally.hold(f"{valid} of {expected} certificates verified", valid == len(identifiers) == expected)


def review_and_look(parent: Visitor, application: newborn.Application, tally: Tally) -> None:
    """Review the service, and count the reads the parent is shown."""
    page = parent.open(f"/my/reviews/new?case={application.no}")
    parent.submit(page.form(""), {"satisfaction": "1"})
    text = parent.open("/my/data/access/").text()
    tally.counts["reads_shown_to_parent"] = text.count("R0")
    tally.hold(
        "the parent is not shown who read their data",
        "出生医学信息" in text and tally.counts["reads_shown_to_parent"] > 0,
    )


def verify_ledger(home: Path, tally: Tally) -> None:
    """Export the ledger, verify it from the file alone, and see a changed byte refused."""
    from django.db import connections
    from django.utils import timezone

    from zhengtong.apps.evidence import actions, queries
    from zhengtong.apps.people.shapes import SYSTEM

    bundle = home / "export.zip"
    actions.seal(at=timezone.now())
    report = actions.export_bundle(path=bundle, by=SYSTEM, at=timezone.now())
    actions.seal(at=timezone.now())
    tally.counts.update(receipts=queries.count_receipts(), receipts_verified=0)
    connections.close_all()
    proven = run_offline(home, "ledger", "verify", str(bundle))
    if proven.returncode == 0:
        tally.counts["receipts_verified"] = report.leaves
    tally.hold(f"the export did not verify: {proven.stderr[:300]}", proven.returncode == 0)
    damaged = bytearray(bundle.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    bundle.write_bytes(damaged)
    tally.hold("a changed byte went unseen", run_offline(home, "ledger", "verify", str(bundle)).returncode == 2)


def run_offline(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a word of the command line in a process of its own, without any site."""
    command = [sys.executable, "-c", "from zhengtong.cli import main; main()", *words]
    empty = home / "nowhere"
    environment = {"PATH": "", "ZHENGTONG_HOME": str(empty), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
