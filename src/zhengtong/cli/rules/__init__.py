"""`zhengtong rules`: try, explain, check, simulate and publish rules（规则）."""

from __future__ import annotations

import datetime as dt
import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from zhengtong.cli import open_site
from zhengtong.declared.rule_sets import RuleSet, check_rule_set, load_rule_set, load_rule_sets, play_cases
from zhengtong.kit import Refused
from zhengtong.rules import GapReport, gaps_of_tables

FOLDER = click.option(
    "--packs", "root", default="packs", type=click.Path(exists=True, path_type=Path), show_default=True
)
DAY = click.option(
    "--on", type=click.DateTime(["%Y-%m-%d"]), help="哪一天适用的规则，默认今天 / the day, today if left out"
)
REGION = click.option("--region", default="", help="区划代码 / region code")
JSON = click.option("--json", "as_json", is_flag=True, help="只输出一个 JSON / print one JSON value")


@click.group(help="规则：检查、解释、查漏、找人、模拟、发布。/ Rules: test, explain, gaps, find, simulate, publish.")
def command() -> None:
    """The group of this word."""


@command.command(help="检查规则集并重算全部范例。/ Check rule sets and play every golden case.")
@click.argument("names", nargs=-1)
@FOLDER
@JSON
def test(names: tuple[str, ...], root: Path, as_json: bool) -> None:
    rule_sets = [chosen(root, name) for name in names] or load_rule_sets(root)
    told: list[dict[str, Any]] = []
    findings = [finding for one in rule_sets for finding in check_rule_set(root / one.id)]
    for rule_set in rule_sets:
        played = play_cases(rule_set)
        told.append({"rule": rule_set.id, "cases": len(played), "hold": sum(one.holds for one in played)})
    if as_json:
        click.echo(json.dumps({"rules": told, "findings": [str(one) for one in findings]}, ensure_ascii=False))
    else:
        for finding in findings:
            click.echo(str(finding))
        for one in told:
            click.echo(f"{one['rule']:<28} {one['hold']}/{one['cases']} 个范例一致 / cases hold")
    sys.exit(1 if findings else 0)


@command.command(help="逐句说明一条规则对给出的情形怎么判、依据是什么。/ Explain a decision: NAME 'JSON of inputs'.")
@click.argument("name")
@click.argument("given")
@FOLDER
@DAY
@REGION
@click.option("--english", is_flag=True, help="用英语 / in English")
def explain(name: str, given: str, root: Path, on: dt.datetime | None, region: str, english: bool) -> None:
    decision = chosen(root, name).decision(_day(on), region)
    click.echo(str(decision.explain(_read_row(given), "en" if english else "zh")))


@command.command(help="查漏查重：重叠的行、没有涵盖的情形。/ Overlaps and holes, each with an example.")
@click.argument("name")
@FOLDER
@DAY
@REGION
def gaps(name: str, root: Path, on: dt.datetime | None, region: str) -> None:
    reports = gaps_of_tables(chosen(root, name).decision(_day(on), region))
    for table, report in reports.items():
        click.echo(f"{table}: " + ("没有重叠或遗漏 / none" if report.is_clean else ""))
        _tell_gaps(report)
    if not reports:
        click.echo("没有决策表，无可查漏 / no decision table to look at")
    sys.exit(0 if all(report.is_clean for report in reports.values()) else 1)


def _tell_gaps(report: GapReport) -> None:
    for overlap in report.overlaps:
        click.echo(f"  重叠 / overlap: 行 rows {overlap.rows}  例 e.g. {overlap.example}")
    for hole in report.holes:
        click.echo(f"  遗漏 / hole: {hole.region}  例 e.g. {hole.example}")
    for row in report.unreachable:
        click.echo(f"  轮不到 / never reached: 行 row {row}")
    if report.unclear:
        click.echo(f"  条件不是固定范围，未查 / conditions that are no fixed ranges: 行 rows {report.unclear}")


@command.command(help="谁符合、谁只差一项（只报数）。/ How many are eligible and how many one condition short.")
@click.argument("name")
@FOLDER
@DAY
@REGION
@click.option("--rows", type=int, help="仿真样本行数 / rows of a fresh sample")
def find(name: str, root: Path, on: dt.datetime | None, region: str, rows: int | None) -> None:
    from zhengtong.cli.rules.populations import population
    from zhengtong.simulation import summarise_found

    rule_set = chosen(root, name)
    with population(rule_set, rows) as people:
        use = _use(rule_set)
        within = ("region_code", region) if region else ("", "")
        told = summarise_found(rule_set.decision(_day(on), region), people, use=use, region=within)
    click.echo(f"共 {told.rows} / of them eligible 符合 {told.eligible}，金额 amount {told.amount:,}")
    for missing, count in told.near:
        click.echo(f"  只差一项 / one short {count:>9}  {missing.label_zh} / {missing.label_en}: {missing.text}")


@command.command(help="模拟改动：--set 参数=数值，可以多次。/ Simulate changed parameters.")
@click.argument("name")
@click.option("--set", "changes", multiple=True, required=True, metavar="NAME=VALUE")
@FOLDER
@DAY
@REGION
@click.option("--rows", type=int, help="仿真样本行数 / rows of a fresh sample")
@JSON
def simulate(
    name: str,
    changes: tuple[str, ...],
    root: Path,
    on: dt.datetime | None,
    region: str,
    rows: int | None,
    as_json: bool,
) -> None:
    from zhengtong import simulation
    from zhengtong.cli.rules.populations import population

    rule_set = chosen(root, name)
    values = dict(_change(one) for one in changes)
    with population(rule_set, rows) as people:
        told = simulation.simulate(
            rule_set.decision(_day(on), region),
            rule_set.decision(_day(on), region, values),
            people,
            use=_use(rule_set),
            region=("region_code", region) if region else ("", ""),
        )
    if as_json:
        click.echo(json.dumps({**told.to_json(), "digest": told.digest}, ensure_ascii=False))
        return
    total = told.total
    click.echo(f"{total.baseline:,} → {total.reform:,}  变化 change {total.change:+,}")
    click.echo(f"受益 winners {total.winners:,}（{total.gained:,}） 受损 losers {total.losers:,}（{total.lost:,}）")
    for column, groups in told.by.items():
        for group in groups:
            click.echo(f"  {column} {group.value}: {group.amounts.change:+,}")
    for group in told.deciles:
        click.echo(f"  十等分 decile {group.value}: {group.amounts.change:+,}")
    click.echo(told.digest)


@command.command(help="发布规则集到站点；没有样本的造一份仿真样本。/ Publish rule sets to the site.")
@FOLDER
def publish(root: Path) -> None:
    open_site()
    from django.utils import timezone

    from zhengtong.cli.rules.publishing import publish_rule_sets

    for version in publish_rule_sets(root, at=timezone.now()):
        click.echo(f"{version.code:<28} v{version.number}  {version.title_zh}")


def chosen(root: Path, name: str) -> RuleSet:
    """Return the rule set of a name under the packs folder, or of a folder named by its path."""
    folder = Path(name) if Path(name).is_dir() else root / name
    return load_rule_set(folder)


def _day(on: dt.datetime | None) -> dt.date:
    return on.date() if on else dt.datetime.now(dt.UTC).astimezone().date()


def _use(rule_set: RuleSet) -> Any:
    if rule_set.population is None:
        raise Refused(
            "cli.rules.no-population",
            f"规则“{rule_set.title.zh}”没有声明人群，不能找人或模拟。请在 rule-set.yaml 写上 population。",
            f"{rule_set.title.en!r} declares no population. Write `population` into its rule-set.yaml.",
        )
    return rule_set.population


def _read_row(text: str) -> dict[str, Any]:
    try:
        row = json.loads(text, parse_float=Decimal)
    except json.JSONDecodeError as error:
        raise click.BadParameter(f"不是 JSON / not JSON: {error}") from error
    if not isinstance(row, dict):
        raise click.BadParameter("请给出一个 JSON 对象 / give one JSON object")
    return row


def _change(text: str) -> tuple[str, Decimal]:
    name, _, value = text.partition("=")
    try:
        return name.strip(), Decimal(value)
    except ArithmeticError as error:
        raise click.BadParameter(f"{text}：请写成 参数=数值 / write NAME=VALUE") from error
