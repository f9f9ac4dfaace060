"""A QR code drawn with letters, for an invitation that is shown on a terminal."""

import zxingcpp

_QUIET = 2  # modules of margin; readers manage with half of what the standard asks
# Two rows of modules are one row of letters; dark modules are gaps, as terminals are dark.
_HALVES = {(0, 0): "█", (0, 1): "▀", (1, 0): "▄", (1, 1): " "}


def code_lines(text: str) -> tuple[str, ...]:
    """Return the lines of a QR code; light on dark, every second row of modules a half block."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="L")
    image = code.to_image(scale=1, add_quiet_zones=False)
    side, row_length = image.shape
    # A buffer of one byte a module, 0 for a dark one; zxing-cpp's stub forgets to say so.
    modules = memoryview(image).tobytes()  # type: ignore[arg-type]
    rows = [
        [int(not module) for module in modules[start * row_length : (start + 1) * row_length]]
        for start in range(side)
    ]
    width = len(rows[0]) + 2 * _QUIET
    empty = [0] * width
    margin = [0] * _QUIET
    whole = [empty] * _QUIET + [[*margin, *row, *margin] for row in rows] + [empty] * _QUIET
    if len(whole) % 2:
        whole.append(empty)
    return tuple(
        "".join(_HALVES[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(whole[::2], whole[1::2], strict=True)
    )
