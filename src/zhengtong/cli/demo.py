"""`zhengtong demo`: a fictional city to try everything in, or the whole main job done once and proven（演示）."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

import click
from rich.table import Table

from zhengtong.cli.progress import Stages, console

SHOWN = ("mother", "father", "merchant", "newcomer", "health.examiner2", "public-security.examiner2")
ACCOUNTS = "demo-accounts.json"


@click.command(
    help="造出澜江市并打开演示；--once 走完一遍主线并自检。/ Seed Lanjiang and serve it; --once does the main job and proves it."
)
@click.option("--once", is_flag=True, help="在临时目录走完一遍主线 / do the whole main job once in a temporary folder")
@click.option(
    "--json", "as_json", is_flag=True, help="与 --once 一起：只输出一个 JSON / with --once: print one JSON object"
)
@click.option("--port", default=8000, show_default=True, help="端口 / port")
@click.option("--residents", default=100_000, show_default=True, help="居民人数 / how many residents")
def command(once: bool, as_json: bool, port: int, residents: int) -> None:
    os.environ.setdefault("ZHENGTONG_REQUIRE_MFA", "0")
    if once:
        sys.exit(do_once(as_json, residents))
    os.environ.setdefault("ZHENGTONG_HOME", "var/demo")
    from zhengtong.cli.serve import prepare, run_site

    prepare()
    accounts = seed_when_empty(residents)
    show_accounts(accounts, port)
    run_site("127.0.0.1", port, 2, 4, with_work=True)


def do_once(as_json: bool, residents: int) -> int:
    """Do the main job in a folder that is gone afterwards; return the exit code."""
    with tempfile.TemporaryDirectory(prefix="zhengtong-once-") as folder:
        os.environ["ZHENGTONG_HOME"] = folder
        from zhengtong.cli.walk.once import walk_once

        report = walk_once(Path(folder), residents, quiet=as_json)
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False))
    else:
        console.print_json(data=report)
    return 0 if report["ok"] else 1


def seed_when_empty(residents: int) -> list[dict[str, str]]:
    """Seed the city unless it is there already; return its demonstration accounts."""
    from django.conf import settings
    from django.utils import timezone

    from zhengtong.apps.people import queries as people
    from zhengtong.cli.furnish import furnish_city
    from zhengtong.cli.seed import seed_people

    kept = Path(settings.ZHENGTONG_HOME) / ACCOUNTS
    if people.count_residents() and kept.exists():
        return json.loads(kept.read_text("utf-8"))
    stages = Stages()
    at = timezone.now()
    with stages.stage("people", "造人口、机构和账号 / residents, organisations, accounts"):
        city = seed_people(at, residents=residents)
    furnish_city(city, stages)
    accounts = [
        {"username": one.username, "password": one.password, "zh": one.tries_zh, "en": one.tries_en}
        for one in city.accounts
    ]
    kept.write_text(json.dumps(accounts, ensure_ascii=False), encoding="utf-8")
    return accounts


def show_accounts(accounts: list[dict[str, str]], port: int) -> None:
    """Print the address and the accounts worth trying first."""
    table = Table("账号 / account", "口令 / password", "可以试试 / what to try", title=f"http://127.0.0.1:{port}")
    first = [one for name in SHOWN for one in accounts if one["username"] == name]
    for one in first:
        table.add_row(one["username"], one["password"], f"{one['zh']}\n{one['en']}")
    console.print(table)
    console.print(
        "每个机构都有 机构.window、.examiner、.examiner2、.leader、.data、.approver；三员：sysadmin、secadmin、auditadmin。\n"
        "Every organisation has NAME.window, .examiner, .examiner2, .leader, .data, .approver; administrators as above."
    )
