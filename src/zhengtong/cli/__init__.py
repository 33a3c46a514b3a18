"""The `zhengtong` command（命令行）: one module a word; refusals speak, bugs rise."""

from __future__ import annotations

import importlib
import os
import sys

import click

from zhengtong.kit import Refused

WORDS = {
    "backup": "备份到一个文件 / back the site up into one file",
    "cases": "办件：在办件改按新版本办理 / cases: running cases to another version",
    "certificates": "离线验证电子证照 / verify certificates offline",
    "data": "数据：登记、装载、质量、授权、撤销、导出 / data: register, load, quality, grant, revoke, export",
    "demo": "造出澜江市并打开演示 / seed the fictional city and serve it",
    "ledger": "存证：导出与离线验证 / the ledger: export, verify offline",
    "matters": "事项：导入与查找 / matters: import, search",
    "packs": "事项包：检查与发布 / packs: check, publish",
    "registers": "基础库：建立与查看 / base registers: build, status",
    "proactive": "免申即享：找人、告知、直接兑现 / grant without applications",
    "restore": "从备份恢复 / restore a backup",
    "rules": "规则：检查、解释、查漏、模拟、发布 / rules: test, explain, gaps, simulate, publish",
    "serve": "运行站点 / run the site",
    "users": "账号与岗位 / accounts and posts",
    "work": "后台工作：封存、到期、提醒 / background work: seal, expire, remind",
}


class Words(click.Group):
    """Load a word's module only when it is asked for, so that `--help` is quick and `ledger verify` needs no database."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(WORDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in WORDS:
            return None
        return importlib.import_module(f"zhengtong.cli.{name}").command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("命令 / Commands"):
            formatter.write_dl(sorted(WORDS.items()))


@click.group(cls=Words, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="zhengtong")
def commands() -> None:
    """政通 Zhengtong：数据共享、一网通办、运行监测的同一个平台。"""


def main() -> None:
    """Run the command line; a refusal is printed in both languages and exits with 2, a bug rises with its trace."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhengtong.site.settings")
    try:
        commands(standalone_mode=False)
    except Refused as refused:
        source = f"\n依据 / basis: {refused.basis}" if refused.basis else ""
        click.echo(f"{refused.zh}\n{refused.en}{source}\n[{refused.code}]", err=True)
        sys.exit(2)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(wrong.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("已停止 / stopped", err=True)
        sys.exit(130)


def open_site() -> None:
    """Bring Django up for a word that touches the site; wiring is connected by settings' own hook."""
    import django

    django.setup()
