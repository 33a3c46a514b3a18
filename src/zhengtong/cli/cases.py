"""`zhengtong cases`: running cases over to another version of their matter（在办件迁移）."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click

from zhengtong.cli import open_site
from zhengtong.cli.progress import progress
from zhengtong.kit import Refused

STEP = 5000


@click.group(help="办件：在办件改按新版本办理。/ Cases: running cases over to another version.")
def command() -> None:
    """The group of this word."""


@command.command(
    help="先看再做：不带 --run 只预览；中断后再运行同一条命令会接着做。/ Preview, or --run; taken up again when interrupted."
)
@click.argument("matter")
@click.option("--from", "old", required=True, type=int, help="原版本号 / number of the version they are on")
@click.option("--to", "new", required=True, type=int, help="新版本号 / number of the version to go to")
@click.option("--map", "pairs", multiple=True, metavar="OLD=NEW", help="流程元素对应，可多次 / elements of the drawing")
@click.option("--run", is_flag=True, help="真正迁移 / do it")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON / print JSON")
def migrate(matter: str, old: int, new: int, pairs: tuple[str, ...], run: bool, as_json: bool) -> None:
    open_site()
    from django.utils import timezone

    from zhengtong.apps.cases import actions
    from zhengtong.apps.people.shapes import SYSTEM

    change = {"from_digest": _digest(matter, old), "to_digest": _digest(matter, new), "mapping": _mapping(pairs)}
    if not run:
        _show_preview(actions.preview_version_change(**change, by=SYSTEM), as_json)
        return
    with progress() as bars:
        bar = bars.add_task("迁移 / moving", total=None)
        report = actions.change_version(**change, by=SYSTEM, at=timezone.now(), most=STEP)
        while report.state == "running":
            bars.update(bar, completed=report.moved + report.stuck)
            report = actions.change_version(**change, by=SYSTEM, at=timezone.now(), most=STEP)
    _show_report(report, as_json)


@command.command(help="退回一次迁移；中断后可以再运行。/ Take a change back; may be run again when interrupted.")
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON / print JSON")
def revert(number: int, as_json: bool) -> None:
    open_site()
    from django.utils import timezone

    from zhengtong.apps.cases import actions
    from zhengtong.apps.people.shapes import SYSTEM

    _show_report(actions.revert_version_change(run_id=number, by=SYSTEM, at=timezone.now()), as_json)


def _digest(matter: str, number: int) -> str:
    from zhengtong.apps.matters import queries as matters

    versions = matters.list_versions(matter)
    found = next((version.digest for version in versions if version.number == number), None)
    if found is None:
        known = "、".join(str(version.number) for version in versions) or "—"
        raise Refused(
            "case.version.unknown",
            f"“{matter}”没有第 {number} 版。已有版本：{known}。",
            f"{matter} has no version {number}. It has: {known}.",
            status=404,
        )
    return found


def _mapping(pairs: tuple[str, ...]) -> dict[str, str]:
    if any(pair.count("=") != 1 for pair in pairs):
        raise click.BadParameter("--map 写成 原元素=新元素 / write OLD=NEW")
    return dict(pair.split("=") for pair in pairs)


def _show_preview(seen: Any, as_json: bool) -> None:
    if as_json:
        told = asdict(seen)
        told["ways"] = [{"from": old, "to": new, "count": count} for (old, new), count in seen.ways.items()]
        told["stuck"] = [
            {"zh": zh, "en": en, "count": count, "cases": numbers} for (zh, en), (count, numbers) in seen.stuck.items()
        ]
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    click.echo(f"在办 / running: {seen.running}    可以迁移 / can move: {seen.possible}")
    for term in seen.terms:
        click.echo(f"  期限 / terms（已开始的时钟不变 / running clocks stay）: {term}")
    for (old, new), count in seen.ways.items():
        click.echo(f"  {old} → {new}: {count}")
    for name, count in seen.differs.items():
        click.echo(f"  {name}: {count}")
    for (zh, en), (count, numbers) in seen.stuck.items():
        click.echo(f"  不能迁移 / cannot move: {count}  {zh} / {en}  {'、'.join(numbers[:3])}")
    click.echo("以上只是预览；加 --run 才会迁移。/ A preview only; --run does it.")


def _show_report(report: Any, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(asdict(report)))
        return
    click.echo(f"第 {report.run_id} 次迁移 / change {report.run_id}: {report.state}")
    click.echo(f"  已迁移 / moved: {report.moved}    未迁移 / not moved: {report.stuck}")
    click.echo(f"  已退回 / reverted: {report.reverted}    留在新版 / kept: {report.kept}")
