"""`zhengtong packs`: check and publish what departments declare（事项包）."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from zhengtong.cli import open_site
from zhengtong.declared import check_packs, load_packs
from zhengtong.declared.rule_sets import check_rule_sets

FOLDER = click.option(
    "--packs", "root", default="packs", type=click.Path(exists=True, path_type=Path), show_default=True
)


@click.group(help="事项包：检查与发布。/ Packs: check and publish.")
def command() -> None:
    """The group of this word."""


@command.command(help="检查全部事项包，逐条说明哪里不对、为什么、怎么改。/ Check every pack.")
@FOLDER
def check(root: Path) -> None:
    findings = check_packs(root) + check_rule_sets(root)
    for finding in findings:
        click.echo(str(finding))
    click.echo(f"{len(load_packs(root)) if not findings else '—'} 个事项包 / packs，{len(findings)} 处问题 / findings")
    sys.exit(1 if findings else 0)


@command.command(help="发布事项包；内容没变的不动。/ Publish packs; unchanged ones stay.")
@FOLDER
def publish(root: Path) -> None:
    findings = check_packs(root)
    if findings:
        for finding in findings:
            click.echo(str(finding))
        raise click.ClickException("有问题的事项包不能发布。/ Packs with findings are not published.")
    open_site()
    from django.utils import timezone

    from zhengtong.apps.matters import actions
    from zhengtong.apps.people.shapes import SYSTEM

    for pack in load_packs(root):
        matter = actions.publish_pack(pack=pack, by=SYSTEM, at=timezone.now())
        click.echo(f"{matter.code:<28} v{matter.version}  {matter.title_zh}")
