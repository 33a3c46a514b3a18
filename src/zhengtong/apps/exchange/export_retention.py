"""What is left of exports（导出清理）: files nobody may fetch any more, and jobs whose records of use the law lets go.

An export's file expires after a day and its maker removes it; what a killed process left behind is found here. The job itself
is what a file that turns up is traced by, so it stays as long as records of use must.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.exchange.models import ExportJob
from zhengtong.apps.people.shapes import SYSTEM
from zhengtong.kit.calendar import Unit, get_statutory_term

HALF_MADE = dt.timedelta(days=1)


@transaction.atomic
def remove_old_exports(*, at: dt.datetime) -> int:
    """Return how many files and jobs were removed; one receipt says how many of each. Safe to run twice."""
    before = records_kept_since(at)
    jobs, _by_kind = ExportJob.objects.filter(
        made_at__lt=before, status__in=("done", "failed"), people_left=False
    ).delete()
    files = list(left_files(at))
    size = sum(path.stat().st_size for path in files)
    if jobs or files:
        body = {"files": len(files), "bytes": size, "jobs": jobs, "before": before.date().isoformat()}
        evidence.record(
            kind="exports.removed", body=body, by=SYSTEM, at=at,
            summary_zh=f"清理过期导出：文件 {len(files)} 个，任务 {jobs} 件",
            summary_en=f"Expired exports removed: {len(files)} files, {jobs} jobs",
        )  # fmt: skip
    for path in files:
        path.unlink(missing_ok=True)
    return jobs + len(files)


def records_kept_since(at: dt.datetime) -> dt.datetime:
    """Return the instant before which records of use need not be kept any more（使用记录保存期限）."""
    term = get_statutory_term("SHARE_LOG_KEEP", on=timezone.localdate(at)).term
    assert term.unit is Unit.YEAR, "the law counts it in years"
    local = timezone.localtime(at)
    day = min(local.day, 28) if local.month == 2 else local.day
    return local.replace(year=local.year - term.n, day=day)


def left_files(at: dt.datetime) -> Iterator[Path]:
    """Yield the files that no job hands out, is making, or still reads: drafts and strangers only when a day old."""
    folder = Path(settings.ZHENGTONG_HOME) / "exports"
    if not folder.is_dir():
        return
    is_wanted = Q(status__in=("waiting", "running")) | Q(status="done", expires_at__gt=at)
    wanted = {str(pk) for pk in ExportJob.objects.filter(is_wanted).values_list("pk", flat=True)}
    listed = {str(pk) for pk in ExportJob.objects.filter(people_left=True).values_list("pk", flat=True)}
    for path in sorted(folder.iterdir()):
        is_old = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC) < at - HALF_MADE
        is_needed = path.stem in wanted or (path.suffix == ".people" and path.stem in listed)
        if path.is_file() and not is_needed and (is_old or is_job(path.stem)):
            yield path


def is_job(stem: str) -> bool:
    """Return whether a file is named after a job that is over."""
    try:
        return ExportJob.objects.filter(pk=uuid.UUID(stem), status__in=("done", "failed")).exists()
    except ValueError:
        return False
