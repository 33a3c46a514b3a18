"""`zhengtong certificates`: a stranger's offline check of an electronic certificate（电子证照验证）."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from zhengtong.apps.certificates.offline import verify_offline


@click.group(help="电子证照：离线验证。/ Certificates: verify offline.")
def command() -> None:
    """The group of this word."""


@command.command(help="用根证书离线验证一份证照 PDF。/ Verify a certificate PDF against the root, offline.")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--root", required=True, type=click.Path(exists=True, path_type=Path), help="根证书 PEM / root certificate"
)
def verify(file: Path, root: Path) -> None:
    found = verify_offline(file.read_bytes(), root.read_bytes())
    marks = {True: "✓", False: "✗", None: "?"}
    for finding in found.findings:
        click.echo(f"{marks[finding.holds]} {finding.zh} / {finding.en}")
    click.echo(f"{found.identifier}\n{found.title_zh}　{found.issuer_zh}")
    sys.exit(0 if found.holds else 2)
