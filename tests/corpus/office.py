"""Documents by python-docx, openpyxl, XlsxWriter, python-pptx, odfpy, EbookLib and ReportLab."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import docx
import openpyxl
import pptx
import xlsxwriter
from ebooklib import epub
from odf import opendocument, table, text
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

from tests.corpus import File, write

_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
LENGTHS = (0, 1, 50, 2_000)
"""Paragraphs, rows or pages: what is long pushes the members of an archive out of its head."""


def files() -> Iterator[File]:
    for length in LENGTHS:
        yield File(
            f"{_OOXML}wordprocessingml.document", f"python-docx {length}", write(_docx(length, False).save)
        )
        yield File(f"{_OOXML}spreadsheetml.sheet", f"openpyxl {length}", write(_openpyxl(length, False).save))
        yield File(
            f"{_OOXML}spreadsheetml.sheet",
            f"openpyxl as a stream {length}",
            write(_openpyxl(length, True).save),
        )
        for in_memory in (True, False):
            yield File(
                f"{_OOXML}spreadsheetml.sheet",
                f"XlsxWriter {length} {in_memory}",
                _xlsxwriter(length, in_memory),
            )
        yield File(f"{_ODF}text", f"odfpy {length}", write(_odt(length).write))
        yield File(f"{_ODF}spreadsheet", f"odfpy {length}", write(_ods(length).write))
        yield File("application/epub+zip", f"EbookLib {length}", _epub(length))
    for length in LENGTHS[:3]:
        yield File(f"{_OOXML}presentationml.presentation", f"python-pptx {length}", write(_pptx(length).save))
        for version in ((1, 3), (1, 4), (1, 7)):
            for compressed in (0, 1):
                how = f"ReportLab {length} {version} {compressed}"
                yield File("application/pdf", how, write(_pdf, length, version, compressed))
    yield File(f"{_OOXML}wordprocessingml.document", "python-docx with a picture", write(_docx(3, True).save))
    yield File(f"{_ODF}presentation", "odfpy", write(opendocument.OpenDocumentPresentation().write))


def _docx(paragraphs: int, with_picture: bool) -> Any:
    made = docx.Document()
    for number in range(paragraphs):
        made.add_paragraph(f"Paragraph {number} of many.")
    if with_picture:
        made.add_picture(_png())
    return made


def _png() -> BytesIO:
    return BytesIO(write(Image.linear_gradient("L").save, "PNG"))


def _openpyxl(rows: int, as_stream: bool) -> Any:
    book = openpyxl.Workbook(write_only=as_stream)
    sheet = book.create_sheet("Cats")
    for number in range(rows):
        sheet.append([number, "cat", number / 7])
    return book


def _xlsxwriter(rows: int, in_memory: bool) -> bytes:
    def save(file: Any) -> None:
        book = xlsxwriter.Workbook(file, {"in_memory": in_memory})
        sheet = book.add_worksheet()
        for number in range(rows):
            sheet.write_row(number, 0, [number, "cat"])
        book.close()

    return write(save)


def _pptx(slides: int) -> Any:
    made = pptx.Presentation()
    for _ in range(slides):
        made.slides.add_slide(made.slide_layouts[0])
    return made


def _odt(paragraphs: int) -> Any:
    made = opendocument.OpenDocumentText()
    for number in range(paragraphs):
        made.text.addElement(text.P(text=f"Paragraph {number}."))
    return made


def _ods(rows: int) -> Any:
    made = opendocument.OpenDocumentSpreadsheet()
    sheet = table.Table(name="Cats")
    for _ in range(rows):
        row = table.TableRow()
        row.addElement(table.TableCell())
        sheet.addElement(row)
    made.spreadsheet.addElement(sheet)
    return made


def _epub(paragraphs: int) -> bytes:
    book = epub.EpubBook()
    book.set_identifier("cats")
    book.set_title("Cats")
    chapter = epub.EpubHtml(title="One", file_name="one.xhtml", content="<p>A cat.</p>" * (paragraphs + 1))
    book.add_item(chapter)
    book.spine = [chapter]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "cats.epub"
        epub.write_epub(str(path), book)
        return path.read_bytes()


def _pdf(file: Any, pages: int, version: tuple[int, int], compressed: int) -> None:
    made = canvas.Canvas(file, pagesize=A4, pdfVersion=version, pageCompression=compressed)
    for number in range(pages + 1):
        made.drawString(72, 720, f"Page {number}")
        made.showPage()
    made.save()
