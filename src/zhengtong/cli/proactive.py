"""`zhengtong proactive`: grant without applications — find, offer or grant, see how far it is（免申即享）."""

from __future__ import annotations

import click

from zhengtong.cli import open_site


@click.group(help="免申即享：找人、告知、直接兑现。/ Grant without applications: find, tell, grant.")
def command() -> None:
    """The group of this word."""


@command.command(help="办理一轮；中断后再运行会接着办，几个进程可以同时运行。/ Run a round; started again it goes on.")
@click.argument("matter", required=False)
@click.option("--period", default="", help="享受期间，例如 2026；每人每期一次 / period; once each for a person")
@click.option("--region", default="", help="区划代码 / region code")
def run(matter: str | None, period: str, region: str) -> None:
    open_site()
    from django.utils import timezone

    from zhengtong.apps.people.shapes import SYSTEM
    from zhengtong.apps.proactive import actions, queries, tasks

    if matter is None:
        click.echo(f"办完 {tasks.run_waiting(at=timezone.now())} 轮 / rounds run to their end")
        return
    if not period:
        raise click.UsageError("请用 --period 写明期间 / give the --period")
    started = actions.start_round(matter_code=matter, period=period, region_code=region, by=SYSTEM, at=timezone.now())
    tasks.run_round(round_id=started.id)
    tell(queries.get_round(started.id, SYSTEM))


@command.command(help="各轮进度。/ How far each round is.")
def status() -> None:
    open_site()
    from zhengtong.apps.people.shapes import SYSTEM
    from zhengtong.apps.proactive import queries

    for one in queries.list_rounds(SYSTEM):
        tell(one)


def tell(one: object) -> None:
    """Say a round in one line."""
    told = "{matter_code} {period} {state}  找到/found {found}  准予/granted {granted}  待确认/offered {offered}"
    told += "  已享受/already {already}  未登记/unknown {unknown}  批次/batches {batches_done}/{batches}"
    click.echo(told.format(**{name: getattr(one, name) for name in one.__dataclass_fields__}))  # type: ignore[attr-defined]
    if one.problem_zh:  # type: ignore[attr-defined]
        click.echo(f"  {one.problem_zh}\n  {one.problem_en}")  # type: ignore[attr-defined]
