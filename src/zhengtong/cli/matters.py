"""`zhengtong matters`: bring in a list of items and look them up（事项）."""

from __future__ import annotations

from pathlib import Path

import click

from zhengtong.cli import open_site


@click.group(help="事项：导入与查找。/ Matters: import and search.")
def command() -> None:
    """The group of this word."""


@command.command(
    "import", help="导入事项清单（CSV）；重复导入不会重复。/ Import a list of items (CSV); twice makes no duplicates."
)
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--rejects", type=click.Path(path_type=Path), help="把未收的行写到这个文件 / write refused lines here")
def import_(path: Path, rejects: Path | None) -> None:
    open_site()
    from django.utils import timezone

    from zhengtong.apps.matters import actions
    from zhengtong.apps.people.shapes import SYSTEM

    report = actions.import_items(path=path, by=SYSTEM, at=timezone.now())
    lines = [
        f"{refused.line}\t{refused.column}\t{refused.zh}\t{refused.en}\t{refused.value}" for refused in report.refused
    ]
    for line in lines:
        click.echo(line, err=True)
    if rejects:
        rejects.write_text("\n".join(lines) + ("\n" if lines else ""), encoding="utf-8")
    click.echo(
        f"新收 / taken {report.taken}，更新 / updated {report.updated}，未变 / unchanged {report.unchanged}，"
        f"未收 / refused {len(report.refused)}"
    )


@command.command(help="按日常说法、拼音、同义词查找。/ Search by everyday words, pinyin or synonyms.")
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", default=10, show_default=True)
def search(words: tuple[str, ...], limit: int) -> None:
    open_site()
    from zhengtong.apps.matters import queries

    answer = queries.search(" ".join(words), limit=limit)
    for hit in answer.hits:
        click.echo(f"{hit.code:<60} {hit.title_zh}")
    click.echo(f"共 / in all {answer.total}")
