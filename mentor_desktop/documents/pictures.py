"""Pictures on paper: logos and signatures the organiser supplies, and QR codes."""

import io
from dataclasses import dataclass
from functools import lru_cache

import zxingcpp
from PIL import Image, UnidentifiedImageError
from reportlab.lib.utils import ImageReader

from mentor_desktop.documents.layout import Pen
from mentor_desktop.documents.logo import Logo
from mentor_desktop.documents.pdf_objects import POINTS_PER_MM
from mentor_desktop.errors import UserFacingError
from mentor_desktop.i18n import _

PRINT_DPI = 300
_MM_PER_INCH = 25.4
_DARK_AS_ONE = bytes.maketrans(b"\x00\xff", b"10")
_LARGEST_PIXELS = 50_000_000  # a decompression bomb is larger, a scanned logo is not


class PictureError(UserFacingError):
    """A picture cannot be put on paper."""


@dataclass(frozen=True)
class Picture:
    """A decoded picture; `aspect` is width by height."""

    reader: ImageReader
    aspect: float


@lru_cache(maxsize=32)
def load_picture(content: bytes, name: str, height_mm: float) -> Picture:
    """Decode a picture for printing at `height_mm`: no transparency, at most 300 dpi.

    Raises:
        PictureError: the file is no PNG, JPEG, GIF or WebP picture, or is damaged.
    """
    try:
        with Image.open(io.BytesIO(content)) as opened:
            if opened.width * opened.height > _LARGEST_PIXELS:
                raise PictureError(
                    _("The picture {name} has too many pixels; make it smaller first.").format(
                        name=name
                    )
                )
            flat = _on_white(opened)
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as exc:
        raise PictureError(
            _("The picture {name} cannot be read; choose a PNG or JPEG file in its place.").format(
                name=name
            )
        ) from exc
    aspect = flat.width / flat.height
    height_px = round(height_mm / _MM_PER_INCH * PRINT_DPI)
    if flat.height > height_px:
        size = max(1, round(height_px * aspect)), height_px
        flat = flat.resize(size, Image.Resampling.LANCZOS)
    return Picture(ImageReader(flat), aspect)


def _on_white(picture: Image.Image) -> Image.Image:
    with_alpha = picture.convert("RGBA")
    flat = Image.new("RGB", picture.size, "white")
    flat.paste(with_alpha, mask=with_alpha.getchannel("A"))
    return flat


def draw_picture(pen: Pen, picture: Picture, x: float, y: float, height: float) -> float:
    """Draw with the top left corner at (x, y) mm; return the width in mm."""
    width = height * picture.aspect
    pen.canvas.drawImage(
        picture.reader,
        x * POINTS_PER_MM,
        pen.y_pt(y + height),
        width * POINTS_PER_MM,
        height * POINTS_PER_MM,
    )
    return width


def draw_logos(
    pen: Pen, logos: tuple[Logo, ...], x: float, y: float, *, width: float, height: float
) -> float:
    """Draw logos in a row from (x, y) mm, all of one height; return the height used.

    The row shrinks as a whole when it is too wide. The funder's emblem comes first, and a logo
    of more area than the emblem is made smaller until it has no more.
    """
    if not logos:
        return 0.0
    ordered = sorted(logos, key=lambda logo: not logo.is_funder)
    pictures = [load_picture(logo.content, logo.name, height) for logo in ordered]
    heights = [height] * len(pictures)
    if ordered[0].is_funder:
        emblem = pictures[0].aspect
        heights = [height * min(1.0, (emblem / p.aspect) ** 0.5) for p in pictures]
    gap = height / 2
    taken = sum(p.aspect * h for p, h in zip(pictures, heights, strict=True))
    scale = min(1.0, (width - gap * (len(pictures) - 1)) / taken)
    for picture, own_height in zip(pictures, heights, strict=True):
        drawn = own_height * scale
        x += draw_picture(pen, picture, x, y + (height * scale - drawn) / 2, drawn) + gap
    return height * scale


def draw_qr(pen: Pen, text: str, x: float, y: float, size: float) -> None:
    """Draw a QR code without its quiet zone; top left corner at (x, y), side `size`, in mm.

    Error correction is level M. The code is a one-bit mask in the page itself: sharp at any
    zoom, and it takes 0.1 ms.
    """
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    image = code.to_image(scale=1, add_quiet_zones=False)
    side, width = image.shape
    # A buffer of one byte a module, 0 for a dark one; zxing-cpp's stub forgets to say so.
    modules = memoryview(image).tobytes().translate(_DARK_AS_ONE)  # type: ignore[arg-type]
    row_bytes = (width + 7) // 8
    rows = (modules[row * width : (row + 1) * width] for row in range(side))
    bits = b"".join(
        int(row.ljust(row_bytes * 8, b"0"), 2).to_bytes(row_bytes, "big") for row in rows
    )
    size_pt = size * POINTS_PER_MM
    pen.canvas.append_operators(
        f"q 0 g {size_pt:.3f} 0 0 {size_pt:.3f} {x * POINTS_PER_MM:.3f} {pen.y_pt(y + size):.3f} "
        f"cm BI /W {width} /H {side} /IM true /D [1 0] /F /AHx ID {bits.hex()}> EI Q"
    )
