"""The sharing gateway（共享网关）: a bare WSGI callable in front of Django, the fast path of data sharing."""

from zhengtong.gateway.callable import gateway
from zhengtong.gateway.proxies import see_through

__all__ = ["gateway", "see_through"]
