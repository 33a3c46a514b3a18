"""The site's own settings for servers that tests start and kill: their home comes from the environment."""

from zhengtong.site.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
