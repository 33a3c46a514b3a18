"""`zhengtong ledger`: seal, export, and verify an export offline（存证）."""

from __future__ import annotations

import json
from pathlib import Path

import click

from zhengtong.cli import open_site
from zhengtong.ledger import verify_bundle


@click.group(help="存证：封存、导出、离线验证。/ The ledger: seal, export, verify offline.")
def command() -> None:
    """The group of this word."""


@command.command(help="离线验证一个导出包，不连任何系统。/ Verify an export from the file alone, offline.")
@click.argument("export", type=click.Path(exists=True, path_type=Path))
@click.option("--key", help="另行取得的发布方公钥文本；给出后才能证明是谁说的 / the publisher's key, got another way")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON / print JSON")
def verify(export: Path, key: str | None, as_json: bool) -> None:
    report = verify_bundle(export, pinned_key=key)
    if as_json:
        told = {
            "ok": True,
            "origin": report.checkpoint.origin,
            "size": report.checkpoint.size,
            "receipts": report.leaves,
            "opened": report.opened,
            "pinned": report.is_pinned,
            "keys": list(report.keys),
            "kinds": dict(report.kinds),
        }
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    click.echo(f"验证通过 / verified: {report.leaves} 张回执 / receipts，账本长度 / log size {report.checkpoint.size}")
    for kind, count in sorted(report.kinds.items()):
        click.echo(f"  {kind:<28} {count}")
    if not report.is_pinned:
        click.echo(
            "未指定公钥：只证明包自身一致。/ No key was pinned: this proves only that the bundle agrees with itself."
        )
        click.echo(f"包中公钥 / keys in the bundle: {', '.join(report.keys)}")


@command.command(help="导出全部已封存回执及其证明。/ Export every sealed receipt with its proof.")
@click.argument("path", type=click.Path(path_type=Path))
def export(path: Path) -> None:
    open_site()
    from django.utils import timezone

    from zhengtong.apps.evidence import actions
    from zhengtong.apps.people.shapes import SYSTEM

    actions.seal(at=timezone.now())
    report = actions.export_bundle(path=path, by=SYSTEM, at=timezone.now())
    click.echo(f"{path}: {report.leaves} 张回执 / receipts")


@command.command(help="立即封存等待中的回执。/ Seal the waiting receipts now.")
def seal() -> None:
    open_site()
    from django.utils import timezone

    from zhengtong.apps.evidence import actions, queries

    actions.seal(at=timezone.now())
    checkpoint = queries.latest_checkpoint()
    click.echo(
        f"账本长度 / log size {checkpoint.size if checkpoint else 0}，根 / root {checkpoint.root if checkpoint else '—'}"
    )
