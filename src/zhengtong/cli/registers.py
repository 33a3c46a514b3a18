"""`zhengtong registers`: build the base registers and see how they stand（基础库）."""

from __future__ import annotations

import click

from zhengtong.cli import open_site
from zhengtong.cli.data import AS, ORGANISATION, acting


@click.group(help="基础库：建立与查看。/ Base registers: build, status.")
def command() -> None:
    """The group of this word."""


@command.command(
    help="由各部门数据关联建库；再次运行只处理变化的行。/ Build from the sources; again: only what changed."
)
@click.argument("name")
@click.option("--whole", is_flag=True, help="全部重新比对，标识不变 / compare everything again; identifiers go on")
@AS
@ORGANISATION
def build(name: str, whole: bool, username: str, organisation: int | None) -> None:
    by, now = acting(username, organisation)
    from zhengtong.apps.registers import actions

    made = actions.build_register(name=name, by=by, at=now, whole=whole)
    click.echo(
        f"{made.name} {made.version}：{made.rows} 个主体 / entities，合并 / linked {made.linked}，"
        f"待认定 / to judge {made.pairs}，冲突 / conflicts {made.conflicts}（新送校核 / newly sent {made.conflicts_sent}）"
    )


@command.command(help="各基础库的声明与最近一次建库。/ The declared registers and their last builds.")
def status() -> None:
    open_site()
    from zhengtong.apps.registers import queries

    for one in queries.list_registers():
        built = one.built
        told = (
            f"{built.version} {built.at:%Y-%m-%d %H:%M}  {built.rows} 个主体 / entities  "
            f"待认定 / to judge {built.pairs}  冲突 / conflicts {built.conflicts}"
            if built
            else "尚未建立 / not built yet"
        )
        click.echo(f"{one.spec.name:<24} {one.spec.resource['title_zh']}  {told}")
