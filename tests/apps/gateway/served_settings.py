"""The site's own settings for servers that tests start and kill: their home comes from the environment."""

import os

from zhengtong.site.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ZHENGTONG_USAGE_SEGMENT_BYTES = int(os.environ.get("ZHENGTONG_DRILL_SEGMENT_BYTES", str(4 * 1024 * 1024)))
