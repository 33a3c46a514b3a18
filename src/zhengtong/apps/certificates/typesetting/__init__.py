"""From the face of a certificate to a PDF/A（照面排版）; the only home of typst and segno."""

from zhengtong.apps.certificates.typesetting.typeset import FaceSheet, Typeset, typeset

__all__ = ["FaceSheet", "Typeset", "typeset"]
