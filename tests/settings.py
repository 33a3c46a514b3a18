"""The site's own settings, on a throw-away home and quick password hashes; nothing else differs from production."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

HOME = tempfile.mkdtemp(prefix="zhengtong-test-")
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
os.environ["ZHENGTONG_HOME"] = HOME
os.environ.setdefault("ZHENGTONG_REQUIRE_MFA", "0")

from zhengtong.site.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
