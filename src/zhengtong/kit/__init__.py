"""What a standard library would have for this field（公共基础）: identifiers, working days, canonical bytes, money, Refused."""

from zhengtong.kit.refused import Basis, Refused

__all__ = ["Basis", "Refused"]
