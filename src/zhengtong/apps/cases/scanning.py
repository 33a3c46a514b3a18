"""A file looked at for viruses（病毒查杀）by ClamAV, over its Unix socket, where the site has one.

The INSTREAM command of clamd: chunks with a four-byte length before each, a zero length at the end, one line in answer.
"""

from __future__ import annotations

import socket
import struct

from django.conf import settings

from zhengtong.kit import Refused

CHUNK_BYTES = 1 << 16
TIMEOUT_SECONDS = 30


def scan(content: bytes) -> str:
    """Return "clean", or "unscanned" where the site has no scanner and does not insist on one.

    Refused（422）with what was found in an infected file; refused（503）where the scanner does not answer and
    `ZHENGTONG_SCAN_REQUIRED` says that nothing enters unseen.
    """
    path = settings.ZHENGTONG_CLAMAV_SOCKET
    try:
        answer = _ask(path, content) if path else ""
    except OSError:
        answer = ""
    if answer.endswith("OK"):
        return "clean"
    if answer.endswith("FOUND"):
        found = answer.removeprefix("stream: ").removesuffix(" FOUND")
        raise Refused(
            "case.material.infected",
            f"文件中发现病毒（{found}），没有收下。请在自己的电脑上查杀后，换一个文件上传。",
            f"A virus was found in the file ({found}), so it was not taken. Clean it and upload another.",
            facts={"found": found},
        )
    if settings.ZHENGTONG_SCAN_REQUIRED:
        raise Refused(
            "case.material.not-scanned",
            "病毒查杀服务暂时没有响应，文件没有收下。请几分钟后再上传。",
            "The virus scanner does not answer at the moment, so the file was not taken. Try again in a few minutes.",
            status=503,
        )
    return "unscanned"


def _ask(path: str, content: bytes) -> str:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(TIMEOUT_SECONDS)
        line.connect(path)
        line.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), CHUNK_BYTES):
            chunk = content[start : start + CHUNK_BYTES]
            line.sendall(struct.pack("!I", len(chunk)) + chunk)
        line.sendall(struct.pack("!I", 0))
        heard = b""
        while not heard.endswith(b"\0") and (more := line.recv(4096)):
            heard += more
    return heard.rstrip(b"\0\n").decode("utf-8", errors="replace").strip()
