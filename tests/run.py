"""`./run test`: the whole suite on SQLite, then what touches a database again on a PostgreSQL of its own.

Says how many tests ran on each database and what was skipped, why, and the one command that adds it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

from tests import postgres, spark

#: pages ask the same doors on either database, so they are looked at once
PAGES = ["portals", "portals_console", "portals_data"]
ON_BOTH = ["tests/apps", "tests/packs", *(f"--ignore=tests/apps/{room}" for room in PAGES)]
#: nothing of the suite outlives its server; what must survive a crash is tried where the server stays (bench, races)
UNHURRIED = {"fsync": "off", "full_page_writes": "off"}
SUMMARY = re.compile(r"(\d+) (passed|failed|skipped|error|errors)")


def main(arguments: list[str]) -> int:
    """Run both passes; exit 0 only if neither failed."""
    passes = [("SQLite", *run_pytest("SQLite", arguments, {}))]
    if postgres.find_binaries():
        with postgres.postgres_server(**UNHURRIED) as url:
            passes.append(("PostgreSQL", *run_pytest("PostgreSQL", arguments or ON_BOTH, {"DATABASE_URL": url})))
    print("\n== 结果 / Results " + "=" * 60)
    for database, code, counts in passes:
        told = ", ".join(f"{count} {word}" for word, count in counts.items())
        print(f"{database:<12} {told}{'' if code == 0 else '  ← FAILED'}")
    for missing in skipped_rooms():
        print(missing)
    total = {word: sum(counts.get(word, 0) for _, _, counts in passes) for word in ("passed", "failed", "skipped")}
    failed = total["failed"] + sum(counts.get("errors", 0) for _, _, counts in passes)
    print(f"{total['passed']} passed, {failed} failed, {total['skipped']} skipped")
    return max(code for _, code, _ in passes)


def run_pytest(database: str, arguments: list[str], environment: dict[str, str]) -> tuple[int, dict[str, int]]:
    print(f"\n== {database} " + "=" * 70, flush=True)
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadgroup", *arguments]
    process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True)
    last = ""
    for line in process.stdout or ():
        print(line, end="", flush=True)
        last = line if SUMMARY.search(line) else last
    code = process.wait()
    counts = {word.replace("error", "errors").replace("errorss", "errors"): int(n) for n, word in SUMMARY.findall(last)}
    return code, counts


def skipped_rooms() -> list[str]:
    """Name what this machine lacks, with the one command that adds it."""
    told = []
    if not postgres.find_binaries():
        told.append(f"没有 PostgreSQL，跳过其全部测试 / skipped: PostgreSQL. {postgres.HOW_TO_ADD}")
    if not (shutil.which("chromium") or shutil.which("chromium-browser")):
        told.append(
            "没有 Chromium，跳过浏览器旅程 / skipped: browser journeys. apt-get install -y chromium fonts-noto-cjk"
        )
    if lacking := spark.missing():
        told.append(f"缺 {lacking}，跳过 Spark 集群 / skipped: the Spark cluster. {spark.HOW_TO_ADD}")
    return told


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
