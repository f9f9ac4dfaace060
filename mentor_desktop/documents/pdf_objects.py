"""The objects a PDF is made of: reportlab's, repaired, and the ones reportlab has no word for.

What archives ask of a file is added here: an end of line before `endstream`, an sRGB output
intent, XMP metadata, clean ToUnicode tables. Source: PDF 1.7 (ISO 32000-1), PDF/A-2
(ISO 19005-2) level b.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from xml.sax.saxutils import escape

from reportlab.pdfbase import pdfdoc, pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from mentor_desktop.documents.fonts import REGULAR, load_fonts

PRODUCER = "Mentor Desktop"
POINTS_PER_MM = 72 / 25.4
HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"

# The numbers of the objects that every file has.
CATALOGUE, PAGES, INFO, METADATA, INTENT, PROFILE, RESOURCES = range(1, 8)

_FULL_CMAP_BLOCK = 100  # entries a ToUnicode block may hold; source: PDF/A-2, CMap limits
_LONGEST_SIDE_PT = 297 * POINTS_PER_MM  # of A4, whichever way round


@dataclass(frozen=True)
class Properties:
    """What a file says about itself; `language` is a code such as "lt"."""

    title: str
    language: str
    created_at: datetime
    subject: str = ""


class _Document(pdfdoc.PDFDocument):  # type: ignore[misc]  # reportlab has no types
    """reportlab's objects, numbered after the ones written here."""

    def __init__(self) -> None:
        super().__init__(compression=1, invariant=1)
        self.idToObject.clear()
        self.idToObjectNumberAndVersion.clear()
        self.numberToId.clear()
        self.objectcounter = RESOURCES
        self.Reference(pdfdoc.PDFDictionary({}), pdfdoc.BasicFonts)

    def number_of(self, name: str) -> int:
        """Return an object's number."""
        return int(self.idToObjectNumberAndVersion[name][0])


class PageCanvas(Canvas):  # type: ignore[misc]  # reportlab has no types
    """A canvas that hands its pages out as bytes in place of keeping them."""

    def __init__(self) -> None:
        load_fonts()
        super().__init__("", pagesize=(0, 0), pageCompression=1, initialFontName=REGULAR)
        self.document = _Document()
        self._doc = self.document
        self._shared: set[str] = set()

    def shared(self, name: str, draw: Callable[[], None]) -> None:
        """Place what many pages share: `draw` runs the first time, then the result is reused."""
        if name not in self._shared:
            self._shared.add(name)
            self.beginForm(name, 0, 0, _LONGEST_SIDE_PT, _LONGEST_SIDE_PT)
            draw()
            self.endForm()
        self.doForm(name)

    def show_text(self, x: float, y: float, text: str, font: str, size: float, colour: str) -> None:
        """Draw a line of text at (x, y) points; a third of `drawString`'s time.

        `colour` is a PDF operator such as "0 0 0 rg". The text needs no shaping.
        """
        face = pdfmetrics.getFont(font)
        parts = [f"BT {colour} {x:.2f} {y:.2f} Td"]
        for subset, codes in face.splitString(text, self.document):
            name = face.getSubsetInternalName(subset, self.document)
            # Hexadecimal: in a plain string a letter's code may look like an operator.
            parts.append(f"{name} {size:g} Tf <{codes.hex()}> Tj")
        self._code.append(" ".join([*parts, "ET"]))

    def append_operators(self, operators: str) -> None:
        """Put ready-made drawing operators into the page."""
        self._code.append(operators)

    def take_page(self) -> bytes:
        """Return what was drawn since the last page and start a new one."""
        content = "\n".join(self._code)
        self._startPage()
        return content.encode("latin-1")

    def new_number(self) -> int:
        """Return a free object number."""
        self.document.objectcounter += 1
        return int(self.document.objectcounter)

    def shared_objects(self) -> Iterator[tuple[int, bytes]]:
        """Yield fonts, pictures, shared parts and the table of their names, by number.

        Ends the drawing: fonts are cut to the letters used so far.
        """
        document = self.document
        for font in document.delayedFonts:
            font.addObjects(document)
        names = (name for name in document.idToObject if name.startswith("FormXob."))
        forms = "".join(f"/{name} {document.number_of(name)} 0 R" for name in names)
        fonts = document.number_of(pdfdoc.BasicFonts)
        yield RESOURCES, f"<</Font {fonts} 0 R/XObject<<{forms}>>>>".encode()
        number = RESOURCES
        # Formatting an object may register others, so the end moves.
        while number < document.objectcounter:
            number += 1
            name = document.numberToId.get(number)
            if name is not None:
                yield number, _formatted(document, name)


def _formatted(document: _Document, name: str) -> bytes:
    """Return one of reportlab's objects as it has to be, not as reportlab leaves it."""
    stored = document.idToObject[name]
    if name.startswith("toUnicodeCMap:"):
        stored.content = _clean_cmap(stored.content)
    body = bytes(pdfdoc.format(stored, document, toplevel=1)).rstrip(b"\n")
    if body.endswith(b"endstream") and not body.endswith(b"\nendstream"):
        body = body.removesuffix(b"endstream") + b"\nendstream"
    return body


def _clean_cmap(cmap: str) -> str:
    """Leave unused codes out of a ToUnicode table and cut it into blocks of 100."""
    lines = cmap.splitlines()
    first = next(i for i, line in enumerate(lines) if line.endswith("beginbfchar"))
    last = lines.index("endbfchar")
    used = [line for line in lines[first + 1 : last] if not line.endswith("<0000>")]
    blocks: list[str] = []
    for start in range(0, len(used), _FULL_CMAP_BLOCK):
        block = used[start : start + _FULL_CMAP_BLOCK]
        blocks += [f"{len(block)} beginbfchar", *block, "endbfchar"]
    return "\n".join([*lines[:first], *blocks, *lines[last + 1 :]])


def page_objects(
    page: int, stream: int, content: bytes, size_pt: tuple[float, float]
) -> Iterator[tuple[int, bytes]]:
    """Yield a page and its content."""
    width, height = size_pt
    yield (
        page,
        b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 %.2f %.2f]/Resources %d 0 R/Contents %d 0 R>>"
        % (PAGES, width, height, RESOURCES, stream),
    )
    yield stream, _stream(zlib.compress(content), b"/Filter/FlateDecode")


def page_tree(pages: Iterable[int]) -> tuple[int, bytes]:
    """Return the object that names all pages, by their numbers."""
    kids = [b"%d 0 R" % page for page in pages]
    return PAGES, b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(kids))


def colour_objects() -> Iterator[tuple[int, bytes]]:
    """Yield what says that colours are sRGB; the same in every file."""
    yield (
        INTENT,
        b"<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB IEC61966-2.1)"
        b"/Info(sRGB IEC61966-2.1)/DestOutputProfile %d 0 R>>" % PROFILE,
    )
    yield PROFILE, _stream(_srgb_profile(), b"/N 3/Filter/FlateDecode")


def property_objects(properties: Properties) -> Iterator[tuple[int, bytes]]:
    """Yield the catalogue and what the file says about itself."""
    stamp = properties.created_at.strftime("D:%Y%m%d%H%M%S") + "Z"
    info = {
        b"Title": properties.title,
        b"Subject": properties.subject,
        b"Creator": PRODUCER,
        b"Producer": PRODUCER,
        b"CreationDate": stamp,
        b"ModDate": stamp,
    }
    entries = b"".join(b"/" + key + _text(value) for key, value in info.items())
    yield INFO, b"<<" + entries + b">>"
    xmp = _XMP.format(
        title=escape(properties.title),
        subject=escape(properties.subject),
        moment=properties.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        producer=PRODUCER,
        language=properties.language,
    )
    yield METADATA, _stream(xmp.encode(), b"/Type/Metadata/Subtype/XML")
    yield (
        CATALOGUE,
        b"<</Type/Catalog/Pages %d 0 R/Metadata %d 0 R/OutputIntents[%d 0 R]"
        b"/ViewerPreferences<</DisplayDocTitle true>>/Lang%s>>"
        % (PAGES, METADATA, INTENT, _text(properties.language)),
    )


def numbered(number: int, body: bytes) -> bytes:
    """Return an object as it stands in a file."""
    return b"%d 0 obj\n%s\nendobj\n" % (number, body)


def directory(offsets: Sequence[int], start: int, identity: str) -> bytes:
    """Return the end of a file, beginning at byte `start`: where object 1, 2, … is."""
    size = len(offsets) + 1
    lines = [f"xref\n0 {size}\n0000000000 65535 f \n"]
    lines += [f"{offset:010d} 00000 n \n" for offset in offsets]
    lines.append(
        f"trailer\n<</Size {size}/Root {CATALOGUE} 0 R/Info {INFO} 0 R"
        f"/ID[<{identity}><{identity}>]>>\nstartxref\n{start}\n%%EOF\n"
    )
    return "".join(lines).encode()


def _stream(content: bytes, entries: bytes) -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(content), content)


def _text(value: str) -> bytes:
    """Return a text string: ASCII as it is, everything else as UTF-16 with its mark."""
    encoded = value.encode() if value.isascii() else b"\xfe\xff" + value.encode("utf-16-be")
    return b"<" + encoded.hex().encode() + b">"


@cache
def _srgb_profile() -> bytes:
    from PIL import ImageCms  # only when a PDF is made: it loads a colour library

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return zlib.compress(_without_date(profile))


def _without_date(profile: bytes) -> bytes:
    """Blank the profile's creation date (bytes 24 to 35): equal input, equal file."""
    fixed_date = b"\x07\xd0\x00\x01\x00\x01\x00\x00\x00\x00\x00\x00"  # 1 January 2000
    return profile[:24] + fixed_date + profile[36:]


_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance></rdf:Description>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt>
</dc:description>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language></rdf:Description>
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<xmp:CreatorTool>{producer}</xmp:CreatorTool><xmp:CreateDate>{moment}</xmp:CreateDate>
<xmp:ModifyDate>{moment}</xmp:ModifyDate></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<pdf:Producer>{producer}</pdf:Producer></rdf:Description>
</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""
