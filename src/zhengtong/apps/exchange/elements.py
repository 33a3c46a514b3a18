"""What the law wants said（法定要素）: an element that is left out is refused with the article."""

from __future__ import annotations

from zhengtong.kit import Basis, Refused

ART_20 = Basis("政务数据共享条例", "第二十条", "2025-08-01")
ART_21 = Basis("政务数据共享条例", "第二十一条", "2025-08-01")
ART_24 = Basis("政务数据共享条例", "第二十四条", "2025-08-01")


def needed(text: str, zh: str, en: str, field: str = "reason") -> str:
    if not text or not text.strip():
        raise Refused("exchange.request.element", f"请填写{zh}。", f"Fill in {en}.", basis=ART_20, field=field)
    return text.strip()
