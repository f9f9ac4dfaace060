"""How many pages a finished PDF has."""

import pypdfium2 as pdfium


def count_pages(content: bytes) -> int:
    """Return the number of pages of a PDF made by this program."""
    document = pdfium.PdfDocument(content)
    try:
        return len(document)
    finally:
        document.close()
