"""The reference, written from the house itself: `python -m tests.architecture.reference` writes docs/reference.

Every page is a function from nothing to Markdown; a test makes each again and compares it with the file that is kept.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from tests.architecture import glossary
from tests.architecture.refusals import refusals
from tests.architecture.tree import PACKAGE, ROOT, python_files, shown, tree_of

FOLDER = ROOT / "docs/reference"
MADE = "<!-- Made by `python -m tests.architecture.reference`; a test compares it with the code. Do not edit. -->"

#: environment variable → what it decides
SETTINGS = {
    "DATABASE_URL": "数据库地址 `postgresql://…`；不设则用 `$ZHENGTONG_HOME` 里的 SQLite / the database; SQLite when unset",
    "ZHENGTONG_HOME": "数据、密钥、快照所在目录 / the folder of data, keys, snapshots",
    "ZHENGTONG_NAME_ZH": "站点中文名 / the site's name in Chinese",
    "ZHENGTONG_NAME_EN": "站点英文名 / the site's name in English",
    "ZHENGTONG_REGION": "站点所属区划代码（12 位）/ the region the site belongs to",
    "ZHENGTONG_ADDRESS": "对外地址，写进二维码和示例 / the public address, in QR codes and examples",
    "ZHENGTONG_PACKS": "事项包目录，可多个（以系统路径分隔符隔开）/ folders of packs",
    "ZHENGTONG_REQUIRE_MFA": "工作人员必须用第二因素（动态口令）/ officers need a second factor",
    "ZHENGTONG_DEBUG": "调试页面，仅限开发 / debugging pages, for development only",
    "ZHENGTONG_HOSTS": "允许的域名，逗号隔开 / host names served, by comma",
    "ZHENGTONG_ORIGINS": "允许提交表单的来源，逗号隔开 / origins forms may come from, by comma",
    "ZHENGTONG_GRANT_MOST_DAYS": "授权的使用时限最多离今天几天 / how many days from today a grant may reach",
    "ZHENGTONG_KEEP_VERSIONS": "资源没有另行声明时，每项资源至少保留最近几个数据版本 / versions of rows kept of a resource that does not say otherwise",
    "ZHENGTONG_KEEP_VERSION_DAYS": "以及最近几天的版本 / and those of so many days",
    "ZHENGTONG_KEEP_RUN_DAYS": "归集记录保存几天 / days that records of feeds' runs are kept",
    "ZHENGTONG_TRUSTED_PROXIES": (
        "可信代理的地址或网段，逗号分隔：只有它们转来的来源地址和客户端证书算数 / "
        "addresses or networks of the proxies whose word on a caller's address and certificate counts"
    ),
    "ZHENGTONG_UPSTREAM_NETWORKS": (
        "部门代理接口可在的内网网段，逗号分隔；不填则只允许公网 / "
        "private networks in which departments' own APIs may lie; none: the public net only"
    ),
    "ZHENGTONG_LOCKOUT_FAILURES": "连续失败几次锁定 / failures before a lock",
    "ZHENGTONG_LOCKOUT_MINUTES": "锁定几分钟 / minutes of a lock",
    "ZHENGTONG_HTTPS": "站在 HTTPS 后面：安全 Cookie、HSTS / behind HTTPS: secure cookies and HSTS",
    "ZHENGTONG_SESSION_MINUTES": "闲置几分钟退出 / idle minutes before signing out",
    "ZHENGTONG_ENGINE": "用什么分析整份数据：`duckdb` 或 `spark` / what analyses whole snapshots",
    "ZHENGTONG_SPARK_MASTER": "Spark 集群地址 `spark://…`，仅当引擎为 spark / the Spark cluster, when the engine is spark",
    "JAVA_HOME": "Spark 用的 Java 17 所在目录，`java` 不在 PATH 上时 / where Spark's Java is, when not on the PATH",
    "ZHENGTONG_LOG": "日志级别 / log level",
    "ZHENGTONG_CHANNELS": "通知渠道服务商的 YAML 文件：短信、回调的地址和密钥 / a YAML file of the providers of SMS and webhooks",
    "ZHENGTONG_CLAMAV_SOCKET": "ClamAV 的套接字，设了就查毒 / ClamAV's socket; set, materials are scanned",
    "ZHENGTONG_SCAN_REQUIRED": "查毒不可用时拒收材料 / refuse materials while they cannot be scanned",
    "ZHENGTONG_PAYMENTS": "缴费服务商的 YAML 文件，不设则不收线上缴费 / a YAML file of payment providers; unset, nothing is paid online",
    "ZHENGTONG_SMTP_HOST": "邮件服务器 / mail server",
    "ZHENGTONG_SMTP_PORT": "邮件服务器端口 / its port",
    "ZHENGTONG_SMTP_USER": "邮件账号 / its account",
    "ZHENGTONG_SMTP_PASSWORD": "邮件口令 / its password",
    "ZHENGTONG_SMTP_TLS": "邮件用 TLS / mail by TLS",
    "ZHENGTONG_SMTP_FROM": "发件地址 / the sender's address",
}


def errors() -> str:
    """Return every refusal: code, sentences, status, place."""
    rows: dict[str, list[str]] = {}
    for one in refusals():
        words = "\n".join(f"  - {braced(sentence)}" for sentence in (one.zh, one.en))
        rows.setdefault(braced(one.code), []).append(f"{words}\n  - HTTP {one.status} · `{one.place}`")
    body = "\n".join(f"- **`{code}`**\n" + "\n".join(dict.fromkeys(told)) for code, told in sorted(rows.items()))
    return page(
        "拒绝代码 / Errors",
        f"平台预见到的每一种“不”：{len(rows)} 个代码。花括号里是当时的值。\n\n"
        f'Every foreseen "no": {len(rows)} codes. In braces stands the value of the moment.',
        body,
    )


def braced(text: str) -> str:
    """Return a template with braces around its values: Markdown takes angle brackets for HTML."""
    return re.sub(r"<([^<>]*)>", r"{\1}", text)


def routes() -> str:
    """Return every address with what guards it."""
    from django.urls import get_resolver
    from django.utils import translation

    with translation.override("zh-hans"):
        found = [row for pattern in get_resolver().url_patterns for row in walk_routes(pattern, "/", "")]
    table = ["| address | name | guard | what |", "|---|---|---|---|"]
    table += [f"| `{cell(path)}` | {name} | {guard} | {cell(what)} |" for path, name, guard, what in found]
    gateway = [f"| `{cell(line)}` | {cell(what)} |" for line, what in gateway_ways()]
    return page(
        "地址 / Routes",
        "页面（英文在 `/en/…`）；`signed-in` 要登录，`open` 不用，`allauth` 由登录组件自己把守。\n\n"
        "Pages (English under `/en/…`); `signed-in` asks for sign-in, `open` does not, allauth guards its own.",
        "\n".join([*table, "", "## 数据共享网关 / Gateway", "", "| call | what |", "|---|---|", *gateway]),
    )


def walk_routes(pattern: Any, before: str, space: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield address, name, guard and first docstring line of every view below a pattern."""
    path = before + str(pattern.pattern).lstrip("^").rstrip("$\\Z")
    if hasattr(pattern, "url_patterns"):
        inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
        for one in pattern.url_patterns:
            yield from walk_routes(one, path, inner)
        return
    view = pattern.callback
    ours = view.__module__.startswith("zhengtong.")
    guard = getattr(view, "guard", "") if ours else "allauth"
    what = ((view.__doc__ or "").strip().splitlines() or [""])[0] if ours else ""
    yield path, f"{space}{pattern.name}", guard, what


def gateway_ways() -> list[tuple[str, str]]:
    """Return the gateway's calls as the docstrings of their answers tell them."""
    tree = tree_of(PACKAGE / "gateway/callable.py")
    told = [ast.get_docstring(node) or "" for node in tree.body if isinstance(node, ast.FunctionDef)]
    prefix = "/gateway/v1/{resource}"
    lines = [
        re.match(r"Answer `(\S+) ([^`]+)`(.*)", line.splitlines()[0]) for line in told if line.startswith("Answer `")
    ]
    return [(f"{m[1]} {m[2].replace('…', prefix)}", m[3].strip(" :.") or "one row by its key") for m in lines if m]


def commands() -> str:
    """Return the help of every word of the command line."""
    from zhengtong.cli import commands as top

    body = "\n\n".join(f"## {name}\n\n```text\n{text}\n```" for name, text in walk_commands(top, "zhengtong"))
    return page("命令 / Commands", "`zhengtong` 的每个词的 `--help`。/ The `--help` of every word.", body)


def walk_commands(command: Any, name: str, parent: Any = None) -> Iterator[tuple[str, str]]:
    """Yield the name and help of a command and of those below it."""
    import click

    word = name.rsplit(" ", 1)[-1]
    context = click.Context(
        command, info_name=word, parent=parent, terminal_width=100, max_content_width=100, **command.context_settings
    )
    help_text = "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
    yield name, help_text
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            yield from walk_commands(command.get_command(context, inner), f"{name} {inner}", context)


def packs() -> str:
    """Return every pack: what it reads, asks, issues and promises."""
    from zhengtong.declared import load_packs

    body = "\n\n".join(pack_section(pack) for pack in sorted(load_packs(ROOT / "packs"), key=lambda one: one.id))
    return page("事项包 / Packs", "随平台发布的事项包。/ The packs that come with the platform.", body)


def pack_section(pack: Any) -> str:
    """Return one pack as a short list."""
    terms = pack.terms
    lines = [
        f"## {pack.title.zh}（{pack.title.en}）",
        "",
        f"- `{pack.id}` · {pack.kind} · {pack.owner} · since {pack.since} · {pack.audience}",
        f"- 依据 / basis: {'；'.join(str(basis) for basis in pack.bases)}",
        f"- 承诺 / promised: {term(terms.promised)}；法定 / by law: {term(terms.statutory)}；补正 / supplement: {term(terms.supplement)}",
    ]
    for part in pack.parts:
        after = f"，在 {'、'.join(part.after)} 之后" if part.after else ""
        lines.append(f"- 联办 / part `{part.id}`: `{part.pack}`{after}")
    for use in pack.data_uses:
        lines.append(f"- 用数 / reads `{use.resource}` ({use.id}): {'、'.join(use.fills.values()) or '—'}；{use.basis}")
    for need in pack.materials:
        spared = f"，由 `{need.replaced_by}` 免交" if need.replaced_by else ""
        lines.append(f"- 材料 / material `{need.id}`: {need.title.zh}（{need.need}{spared}）")
    for issued in pack.certificates:
        lines.append(f"- 证照 / issues `{issued.type}`: {issued.title.zh}")
    return "\n".join(lines)


def term(one: Any) -> str:
    """Return a term in words, with its article."""
    if one is None:
        return "—"
    return f"{one.n} {one.unit.value}" + (f"（{one.basis}）" if one.basis else "")


def roles() -> str:
    """Return roles and duties with what each permits."""
    declared = yaml.safe_load((PACKAGE / "apps/people/roles.yaml").read_text("utf-8"))
    lines = ["| | 名称 / title | 可以 / permits |", "|---|---|---|"]
    for kind in ("roles", "duties"):
        for name, one in declared[kind].items():
            permits = "、".join(f"`{verb}`" for verb in one["permits"])
            lines.append(f"| `{name}` | {one['title']['zh']} / {one['title']['en']} | {permits} |")
    basis = "；".join(
        f"{one['standard']} {one['article']}（{one['since']}）：{one['says']}" for one in declared["basis"]
    )
    return page("角色 / Roles", f"机构内角色与三员职责。依据：{basis}。", "\n".join(lines))


def terms() -> str:
    """Return the terms that law sets, with article and date."""
    from zhengtong.kit.calendar import list_statutory_terms

    lines = [
        "| 代码 / code | 期限 / term | 可延 / extension | 中止 / pauses | 依据 / basis | 施行 / since |",
        "|" + "---|" * 6,
    ]
    for one in list_statutory_terms(on=date(2026, 11, 1)):
        longer = f"+{one.extension.n}（{one.extended_by}）" if one.extension else "—"
        own = "，可由站点设定 / a site may set it" if one.is_configurable else ""
        length = f"{one.term.n} {one.term.unit.value}{own}"
        pauses = "、".join(one.pauses) or "—"
        lines.append(f"| `{one.code}` | {length} | {longer} | {pauses} | {one.basis} | {one.since} |")
    return page(
        "法定期限 / Statutory terms",
        "施行中的法定期限（2026-11-01）。/ Terms in force on 2026-11-01.",
        "\n".join(lines),
    )


def settings() -> str:
    """Return the environment variables that the house reads, their defaults and where they are read."""
    lines = ["| 变量 / variable | 默认 / default | 作用 / what it decides | 读取处 / read in |", "|---|---|---|---|"]
    for name, (default, places) in sorted(variables_read().items()):
        read_in = "、".join(f"`{place}`" for place in sorted(places))
        lines.append(f"| `{name}` | {default} | {SETTINGS[name]} | {read_in} |")
    return page(
        "环境变量 / Settings", "站点可以选择的一切都是环境变量。/ All that a site may choose.", "\n".join(lines)
    )


def variables_read() -> dict[str, tuple[str, set[str]]]:
    """Return variable → default and the files that read it."""
    found: dict[str, tuple[str, set[str]]] = {}
    for path in python_files("src"):
        for node in ast.walk(tree_of(path)):
            if not isinstance(node, ast.Call) or ast.unparse(node.func) not in ("os.environ.get", "flag", "listed"):
                continue
            if not node.args or not isinstance(node.args[0], ast.Constant):
                continue
            default = ast.unparse(node.args[1]) if len(node.args) > 1 else "—"
            known = found.setdefault(str(node.args[0].value), (default, set()))
            known[1].add(shown(path))
    return found


def page(title: str, about: str, body: str) -> str:
    """Return a page of the reference."""
    return f"{MADE}\n\n# {title}\n\n{about}\n\n{body}\n"


def cell(text: str) -> str:
    return text.replace("|", "\\|")


PAGES: dict[str, Callable[[], str]] = {
    "errors.md": errors,
    "routes.md": routes,
    "commands.md": commands,
    "packs.md": packs,
    "roles.md": roles,
    "terms.md": terms,
    "settings.md": settings,
}


def main() -> None:
    """Write every page, and say which changed."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, make in PAGES.items():
        path, text = Path(FOLDER / name), make()
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"docs/reference/{name}: written")
    words = glossary.written() + glossary.made()
    if words != glossary.FILE.read_text("utf-8"):
        glossary.FILE.write_text(words, encoding="utf-8")
        print("GLOSSARY.md: written")


if __name__ == "__main__":
    main()
