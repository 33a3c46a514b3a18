"""`zhengtong users`: open accounts, appoint officers, name the three administrators（账号）."""

from __future__ import annotations

import click

from zhengtong.cli import open_site


@click.group(help="账号：开通、任职、三员。/ Accounts: open, appoint, the three administrators.")
def command() -> None:
    """The group of this word."""


@command.command("list", help="列出在用账号的岗位。/ List accounts with their posts.")
def list_() -> None:
    open_site()
    from zhengtong.apps.people import queries

    for account in queries.list_accounts():
        click.echo(f"{account.username:<24} {account.duty or ''} {account.label}")


@command.command("open", help="开通账号；口令会提示输入。/ Open an account; the password is asked for.")
@click.argument("username")
@click.option("--name", required=True, help="姓名 / name")
@click.password_option(prompt="口令 / password", confirmation_prompt="再输一次 / again")
def open_(username: str, name: str, password: str) -> None:
    open_site()
    from django.utils import timezone

    from zhengtong.apps.people import actions
    from zhengtong.apps.people.shapes import SYSTEM

    actions.open_account(username=username, name=name, password=password, by=SYSTEM, at=timezone.now())
    click.echo(f"已开通 / opened: {username}")


@command.command(help="任职：在某机构以某些角色任职。/ Appoint to an organisation with roles.")
@click.argument("username")
@click.option("--organisation", required=True, type=int, help="机构编号 / organisation id")
@click.option("--role", "roles", multiple=True, required=True, help="角色，可多次 / role, repeatable")
@click.option("--title", default="工作人员", show_default=True)
def appoint(username: str, organisation: int, roles: tuple[str, ...], title: str) -> None:
    open_site()
    from django.utils import timezone

    from zhengtong.apps.people import actions
    from zhengtong.apps.people.shapes import SYSTEM

    account = account_of(username)
    actions.appoint_officer(
        account_id=account.id,
        organisation_id=organisation,
        title_zh=title,
        title_en=title,
        roles=list(roles),
        by=SYSTEM,
        at=timezone.now(),
    )
    click.echo(f"已任职 / appointed: {username}")


@command.command(
    help="指定三员之一：sysadmin、secadmin、auditadmin；一人只能一职。/ Name one of the three administrators."
)
@click.argument("username")
@click.argument("duty", type=click.Choice(["sysadmin", "secadmin", "auditadmin"]))
def administer(username: str, duty: str) -> None:
    open_site()
    from django.utils import timezone

    from zhengtong.apps.people import actions
    from zhengtong.apps.people.shapes import SYSTEM

    actions.assign_admin_duty(account_id=account_of(username).id, duty=duty, by=SYSTEM, at=timezone.now())
    click.echo(f"已指定 / named: {username} {duty}")


@command.command(help="签发访问令牌，只显示这一次。/ Issue an access token, shown this once.")
@click.argument("username")
@click.option("--scope", "scopes", multiple=True, required=True, help="用途，可多次 / what for, repeatable")
@click.option("--days", default=90, show_default=True, help="有效天数 / days it is good for")
@click.option("--name", default="API", show_default=True)
@click.option("--organisation", type=int, help="以哪个机构的岗位 / in the post at this organisation")
def token(username: str, scopes: tuple[str, ...], days: int, name: str, organisation: int | None) -> None:
    open_site()
    from django.utils import timezone

    from zhengtong.apps.people import actions
    from zhengtong.apps.people.shapes import SYSTEM

    _, secret = actions.issue_token(
        account_id=account_of(username).id,
        name=name,
        scopes=list(scopes),
        days=days,
        organisation_id=organisation,
        by=SYSTEM,
        at=timezone.now(),
    )
    click.echo(secret)


def account_of(username: str):
    from zhengtong.apps.people import queries

    account = queries.find_account(username)
    if account is None:
        raise click.ClickException(f"没有账号 {username}。/ There is no account {username}.")
    return account
