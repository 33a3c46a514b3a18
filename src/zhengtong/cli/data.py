"""`zhengtong data`: what the data portal does, from the command line（数据）: each step by an officer who may do it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zhengtong.cli import open_site

if TYPE_CHECKING:
    from zhengtong.apps.feeds.shapes import RunShape
    from zhengtong.apps.people.shapes import Actor

AS = click.option("--as", "username", required=True, help="以哪个账号办 / whose account does it")
ORGANISATION = click.option(
    "--organisation", type=int, help="有几个岗位时选机构 / the organisation, if there are several posts"
)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(help="数据：登记、装载、质量、授权、撤销、导出。/ Data: register, load, quality, grant, revoke, export.")
def command() -> None:
    """The group of this word."""


@command.command(help="登记数据资源（YAML 或 JSON 声明）。/ Register a resource from its declaration.")
@click.argument("declaration", type=FILE)
@AS
@ORGANISATION
def register(declaration: Path, username: str, organisation: int | None) -> None:
    by, now = acting(username, organisation)
    from zhengtong.apps.catalog import actions
    from zhengtong.portals.data.declarations import read_declaration

    declared = read_declaration(declaration.read_text(encoding="utf-8"))
    made = actions.register_resource(declaration=declared, provider=required_organisation(by), by=by, at=now)
    click.echo(f"已登记 / registered: {made.name}  {made.code}  {made.title_zh}")


@command.command(help="装载一个文件（CSV、TSV、Parquet）为新版本。/ Load a file as the next version.")
@click.argument("name")
@click.argument("source", type=FILE)
@AS
@ORGANISATION
def load(name: str, source: Path, username: str, organisation: int | None) -> None:
    by, now = acting(username, organisation)
    from zhengtong.apps.catalog import actions

    made = actions.load_snapshot(code=name, source=source, by=by, at=now)
    click.echo(
        f"版本 / version {made.version}，{made.rows} 行 / rows，拒收 / rejected {made.rejected_rows}\n{made.digest}"
    )


@command.command(
    help="数据质量：得分、各维度、每条规则，新版本在前。/ Quality: score, dimensions and each rule, newest first."
)
@click.argument("name")
@click.option("--versions", default=1, show_default=True, help="看几个版本 / how many versions")
@click.option("--json", "as_json", is_flag=True, help="只输出一个 JSON / print one JSON object")
@AS
@ORGANISATION
def quality(name: str, versions: int, as_json: bool, username: str, organisation: int | None) -> None:
    by, _now = acting(username, organisation)
    from zhengtong.apps.catalog import queries

    resource = queries.get_resource(name, by=by)
    assessed = queries.quality_of(resource.code, limit=max(1, versions))
    if as_json:
        told = {"resource": resource.name, "code": resource.code, "versions": [asdict(one) for one in assessed]}
        click.echo(json.dumps(told, ensure_ascii=False, default=str))
        return
    click.echo(f"{resource.title_zh}  {resource.name}  {resource.code}")
    if not assessed:
        click.echo("没有声明质量规则，或还没有装载。/ No quality rules are declared, or nothing was loaded.")
    for one in assessed:
        click.echo(f"\n{one.version}  {one.at:%Y-%m-%d %H:%M}  {one.rows} 行 / rows  得分 / score {one.score or '—'}")
        click.echo("  " + "  ".join(f"{code} {x or '—'}" for code, x in one.dimensions.items()))
        if one.held_reason:
            click.echo(f"  未对外提供 / held back：{one.held_reason}")
        for result in one.results:
            mark = {True: "✓", False: "✗", None: "—"}[result["holds"]]
            said = f"{result['zh'] or result['id']} / {result['en'] or result['id']}"
            click.echo(f"  {mark} {result['x'] or '—'}  {result['failing']} ÷ {result['b']}  {said}")


@command.command(
    help="声明归集任务：从哪里读、怎样增量、什么周期（YAML 或 JSON）。/ Declare a feed: source, increment, schedule."
)
@click.argument("name")
@click.argument("declaration", type=FILE)
@AS
@ORGANISATION
def feed(name: str, declaration: Path, username: str, organisation: int | None) -> None:
    by, now = acting(username, organisation)
    from zhengtong.apps.feeds import actions
    from zhengtong.portals.data.declarations import read_mapping

    declared = read_mapping(declaration.read_text(encoding="utf-8"))
    made = actions.declare_feed(code=name, declaration=declared, by=by, at=now)
    click.echo(f"已声明 / declared: {made.resource.name} ← {made.kind}  {made.next_at:%Y-%m-%d %H:%M}")


@command.command(help="立即归集一次。/ Read a feed's source now.")
@click.argument("name")
@AS
@ORGANISATION
def pull(name: str, username: str, organisation: int | None) -> None:
    by, now = acting(username, organisation)
    from zhengtong.apps.feeds import actions

    say_run(actions.run_feed(code=name, by=by, at=now))


@command.command(help="停用归集任务；已装载的数据不动。/ Stop a feed; what was loaded stays.")
@click.argument("name")
@AS
@ORGANISATION
def unfeed(name: str, username: str, organisation: int | None) -> None:
    by, now = acting(username, organisation)
    from zhengtong.apps.feeds import actions

    made = actions.stop_feed(code=name, by=by, at=now)
    click.echo(f"已停用 / stopped: {made.resource.name}")


@command.command(help="归集记录，新的在前。/ A feed's runs, newest first.")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="只输出一个 JSON / print one JSON object")
@AS
@ORGANISATION
def runs(name: str, as_json: bool, username: str, organisation: int | None) -> None:
    by, _now = acting(username, organisation)
    from zhengtong.apps.feeds import queries

    found = queries.list_runs(name, by)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, default=str))
        return
    for one in found:
        say_run(one)


def say_run(run: RunShape) -> None:
    """Print one attempt: when, what came of it, and why it failed."""
    loaded = f"  {run.version}  {run.report['rows_loaded']} 行 / rows" if run.report else ""
    click.echo(f"{run.started_at:%Y-%m-%d %H:%M:%S}  {run.outcome}{loaded}")
    if run.problem_zh:
        click.echo(f"  {run.problem_zh}\n  {run.problem_en}")


@command.command(help="批准一项共享申请，数据项可以只给一部分。/ Approve a request, with all or part of its fields.")
@click.argument("request_no")
@click.option(
    "--field", "fields", multiple=True, help="同意的数据项，可多次；不写为全部 / an approved field, repeatable"
)
@click.option("--mask", "masks", multiple=True, metavar="FIELD=POLICY", help="脱敏 / how a field is masked")
@click.option("--rows", "rows", multiple=True, metavar="FIELD=V1,V2", help="限定行 / only rows with these values")
@click.option("--quota", default=0, show_default=True, help="每天最多几次，0 为不限 / calls a day, 0 for any number")
@click.option("--needs-case", is_flag=True, help="每次须写办件编号 / each call names a case")
@click.option("--conditions", default="", help="附带条件 / conditions, in words")
@AS
@ORGANISATION
def grant(
    request_no: str,
    fields: tuple[str, ...],
    masks: tuple[str, ...],
    rows: tuple[str, ...],
    quota: int,
    needs_case: bool,
    conditions: str,
    username: str,
    organisation: int | None,
) -> None:
    by, now = acting(username, organisation)
    from zhengtong.apps.exchange import actions, queries

    asked = queries.get_request(request_no, by)
    made = actions.approve_request(
        request_no=request_no,
        fields=fields or asked.fields,
        masks=dict(pair(one) for one in masks),
        row_filter={name: values.split(",") for name, values in map(pair, rows)},
        quota_per_day=quota,
        needs_case=needs_case,
        conditions=conditions,
        by=by,
        at=now,
    )
    click.echo(
        f"已授权 / granted: {made.no}  {made.consumer.name_zh} ← {made.resource.title_zh}：{'、'.join(made.fields)}"
    )


@command.command(help="撤销授权，立即生效。/ Revoke a grant, at once.")
@click.argument("grant_no")
@click.option("--reason", required=True, help="理由 / the reason")
@AS
@ORGANISATION
def revoke(grant_no: str, reason: str, username: str, organisation: int | None) -> None:
    by, now = acting(username, organisation)
    from zhengtong.apps.exchange import actions

    made = actions.revoke_grant(grant_no=grant_no, reason=reason, by=by, at=now)
    click.echo(f"已撤销 / revoked: {made.no}")


@command.command(
    help="以调用应用的身份，经网关把获准的数据导出为文件。/ Export granted rows through a gateway, as a registered client."
)
@click.argument("resource")
@click.argument("to", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--address", required=True, envvar="ZHENGTONG_ADDRESS", help="平台地址 / the platform's address")
@click.option("--client", "client_id", required=True, envvar="ZHENGTONG_CLIENT", help="应用标识 / client id")
@click.option("--key", "key_file", type=FILE, envvar="ZHENGTONG_CLIENT_KEY", help="私钥文件 / file of the private key")
@click.option(
    "--secret", envvar="ZHENGTONG_CLIENT_SECRET", help="没有登记公钥时用密钥 / the secret, where no key is registered"
)
@click.option("--format", "form", type=click.Choice(["csv", "parquet", "jsonl"]), default="csv", show_default=True)
@click.option("--field", "fields", multiple=True, help="数据项，可多次 / a field, repeatable")
@click.option("--where", "where", multiple=True, metavar="CONDITION=VALUE", help="条件，如 born_on__gte=2026-01-01")
@click.option("--case", default="", help="办件编号 / case number")
def export(
    resource: str,
    to: Path,
    address: str,
    client_id: str,
    key_file: Path | None,
    secret: str | None,
    form: str,
    fields: tuple[str, ...],
    where: tuple[str, ...],
    case: str,
) -> None:
    from zhengtong.client import Gateway, Key

    if (key_file is None) == (not secret):
        raise click.UsageError("请给出 --key 或 --secret 之一。/ Give either --key or --secret.")
    proof: dict[str, Any] = {"key": Key.load(key_file)} if key_file else {"secret": secret}
    with Gateway(address, client_id, **proof) as gateway:
        told = gateway.export(resource, to, form=form, where=dict(map(pair, where)), fields=fields, case=case)
    click.echo(f"{to}  {told.rows} 行 / rows  回执 / receipt {told.receipt}\nsha256 {told.sha256}")


@command.command("key", help="造一对密钥：私钥写入文件，公钥印出来供登记。/ Make a key pair; print the public half.")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
def key_(path: Path) -> None:
    from zhengtong.client import Key

    made = Key.make()
    try:
        made.save(path)
    except FileExistsError:
        raise click.ClickException(f"{path} 已存在，不覆盖。/ {path} exists and is not overwritten.") from None
    click.echo(made.public)


def acting(username: str, organisation: int | None) -> tuple[Actor, Any]:
    """Return who acts and the moment, with the site open."""
    open_site()
    from django.utils import timezone

    from zhengtong.apps.people import queries

    now = timezone.now()
    return queries.get_officer(username, organisation_id=organisation, at=now), now


def required_organisation(by: Actor) -> Any:
    if by.organisation is None:
        raise click.ClickException("该账号没有机构岗位。/ This account holds no post in an organisation.")
    return by.organisation


def pair(text: str) -> tuple[str, str]:
    """Return NAME=VALUE as a pair."""
    name, separator, value = text.partition("=")
    if not separator or not name.strip():
        raise click.BadParameter(f"{text}：请写成 名称=值 / write NAME=VALUE")
    return name.strip(), value.strip()
