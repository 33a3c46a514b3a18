"""The file of a case（卷宗）as one verifiable bundle: index with hashes and page numbers, and the four checks（四性检测）.

Pure: bytes in, bytes out. Anybody who has the bundle can check it alone; `actions.archive_case` fills it and keeps it.
"""

from zhengtong.apps.cases.archive.bundle import Entry, build_bundle, open_index
from zhengtong.apps.cases.archive.checking import check_bundle

__all__ = ["Entry", "build_bundle", "check_bundle", "open_index"]
