"""A QR code as inline SVG（二维码）: no image request, prints sharp."""

from __future__ import annotations

import segno


def qr_svg(text: str) -> str:
    """Return the SVG of a QR code; medium error correction, no fixed size."""
    svg: str = segno.make(text, error="m", micro=False).svg_inline(omitsize=True, border=2)
    return svg
