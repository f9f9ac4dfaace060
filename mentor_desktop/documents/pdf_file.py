"""PDF files: one of many pages that leave memory as they are drawn, or many that share fonts."""

import hashlib
from array import array
from collections.abc import Iterator
from typing import Protocol

from mentor_desktop.documents import pdf_objects as objects
from mentor_desktop.documents.pdf_objects import PageCanvas, Properties


class Writable(Protocol):
    """Anything bytes can be written to."""

    def write(self, data: bytes, /) -> object: ...


class PdfFile:
    """One PDF; draw on `canvas` in points, `end_page` for each page, then `close`.

    A finished page goes to `out` at once: memory does not grow with the pages. Equal drawing
    and equal properties give equal bytes.
    """

    def __init__(self, out: Writable, properties: Properties) -> None:
        self.canvas = PageCanvas()
        self.page_count = 0
        self._properties = properties
        self._out = out
        self._position = 0
        self._offsets = array("Q")
        self._pages = array("L")
        self._digest = hashlib.sha256(repr(properties).encode())
        self._write(objects.HEADER)

    def end_page(self, size_pt: tuple[float, float]) -> None:
        """Write the page drawn since the last call; width and height in points."""
        content = self.canvas.take_page()
        self._digest.update(content)
        page, stream = self.canvas.new_number(), self.canvas.new_number()
        for number, body in objects.page_objects(page, stream, content, size_pt):
            self._write_object(number, body)
        self._pages.append(page)
        self.page_count += 1

    def close(self) -> None:
        """Write fonts, pictures and the file's directory; nothing may be drawn afterwards."""
        for number, body in self.canvas.shared_objects():
            self._write_object(number, body)
        self._write_object(*objects.page_tree(self._pages))
        for number, body in objects.colour_objects():
            self._write_object(number, body)
        for number, body in objects.property_objects(self._properties):
            self._write_object(number, body)
        identity = self._digest.hexdigest()[:32]
        self._write(objects.directory(self._offsets, self._position, identity))

    def _write_object(self, number: int, body: bytes) -> None:
        missing = number - len(self._offsets)
        self._offsets.extend([0] * missing)
        self._offsets[number - 1] = self._position
        self._write(objects.numbered(number, body))

    def _write(self, data: bytes) -> None:
        self._out.write(data)
        self._position += len(data)


class PdfSeries:
    """Many PDFs that share fonts, pictures and forms; made once and copied into each file.

    Draw on `canvas`, `end_page` for each page, `end_file` for each file; then take `files`.
    A font holds the letters of the whole series, so a series should be short: 25 names add
    some 5 kB to each file.
    """

    def __init__(self) -> None:
        self.canvas = PageCanvas()
        self._pages: list[tuple[bytes, tuple[float, float]]] = []
        self._drafts: list[tuple[Properties, list[tuple[bytes, tuple[float, float]]]]] = []

    def end_page(self, size_pt: tuple[float, float]) -> None:
        """Keep the page drawn since the last call; width and height in points."""
        self._pages.append((self.canvas.take_page(), size_pt))

    def end_file(self, properties: Properties) -> None:
        """Make a file of the pages since the last call."""
        self._drafts.append((properties, self._pages))
        self._pages = []

    def files(self) -> Iterator[bytes]:
        """Yield the files in the order drawn; nothing may be drawn afterwards."""
        shared = bytearray(objects.HEADER)
        offsets: dict[int, int] = {}
        for number, body in (*self.canvas.shared_objects(), *objects.colour_objects()):
            offsets[number] = len(shared)
            shared += objects.numbered(number, body)
        for properties, pages in self._drafts:
            yield _assemble(bytes(shared), offsets, properties, pages)


def _assemble(
    shared: bytes,
    shared_offsets: dict[int, int],
    properties: Properties,
    pages: list[tuple[bytes, tuple[float, float]]],
) -> bytes:
    parts = [shared]
    position = len(shared)
    offsets = dict(shared_offsets)
    digest = hashlib.sha256(repr(properties).encode())
    free = max(shared_offsets) + 1
    page_numbers = range(free, free + 2 * len(pages), 2)
    own = [objects.page_tree(page_numbers), *objects.property_objects(properties)]
    for number, (content, size_pt) in zip(page_numbers, pages, strict=True):
        digest.update(content)
        own += objects.page_objects(number, number + 1, content, size_pt)
    for number, body in own:
        offsets[number] = position
        parts.append(objects.numbered(number, body))
        position += len(parts[-1])
    in_order = [offsets[number] for number in sorted(offsets)]
    parts.append(objects.directory(in_order, position, digest.hexdigest()[:32]))
    return b"".join(parts)
