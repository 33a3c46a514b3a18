"""What a standard library would have for this field（公共基础）: identifiers, working days, canonical bytes, money."""

from zhengtong.kit.canonical import digest, digest_bytes, to_canonical
from zhengtong.kit.masking import mask, masker
from zhengtong.kit.place import SHANGHAI, local_date, to_local
from zhengtong.kit.refused import Basis, Refused

__all__ = [
    "SHANGHAI",
    "Basis",
    "Refused",
    "digest",
    "digest_bytes",
    "local_date",
    "mask",
    "masker",
    "to_canonical",
    "to_local",
]
