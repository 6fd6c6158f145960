"""Files that the API accepts although there is markup in them, each with the content type as which its script would run."""

from base64 import b64decode
from dataclasses import dataclass

_XML = "application/xml"
_PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
"""A PNG image of 1 x 1 pixels."""
_PICTURE = b64decode(_PIXEL) + b" " * 8192
"""Blanks behind a picture, so that what follows is not in the head that detection searches for markup."""


@dataclass(frozen=True)
class ActiveFile:
    """A file whose script sends a request to a URL, where a browser renders the file as `active_type`."""

    name: str
    content_type: str
    template: str
    """The text with SCRIPT in the place of the script element."""
    active_type: str = "text/html"
    encoding: str = "utf-8"
    prefix: bytes = b""

    def write(self, url: str) -> bytes:
        script = f"<script>fetch('{url}', {{ mode: 'no-cors' }})</script>"
        return self.prefix + self.template.replace("SCRIPT", script).encode(self.encoding)


ACTIVE_FILES = {
    "a page in a text": ActiveFile(
        "notes.txt", "text/plain", "A page:\n\n<!doctype html><html>SCRIPT</html>\n"
    ),
    "a text that begins with a script": ActiveFile(
        "script.txt", "text/plain", "SCRIPT\nis how a script begins.\n"
    ),
    "a text that begins with markup": ActiveFile("markup.txt", "text/plain", "<b>Hello</b> SCRIPT\n"),
    "a drawing in a text": ActiveFile(
        "drawing.txt", "text/plain", "A drawing: <svg xmlns='http://www.w3.org/2000/svg'>SCRIPT</svg>\n"
    ),
    "a script in a README": ActiveFile(
        "README.md", "text/markdown", '<p align="center"><img src="logo.png"></p>\n\n# Airlock\n\nSCRIPT\n'
    ),
    "a page in a log": ActiveFile(
        "server.log",
        "text/plain",
        "2026-11-29T01:00:00Z GET / 200\n<!doctype html>\n<html><body>SCRIPT</body></html>\n",
    ),
    "a script in a cell": ActiveFile("comments.csv", "text/csv", 'id,comment\n1,"SCRIPT"\n2,"<b>fine</b>"\n'),
    "a script in a tabbed cell": ActiveFile(
        "comments.tsv", "text/tab-separated-values", "id\tcomment\n1\tSCRIPT\n2\t<b>fine</b>\n"
    ),
    "a script in JSON": ActiveFile("comments.json", "application/json", '{"comment": "SCRIPT"}\n'),
    "a script in lines of JSON": ActiveFile(
        "comments.ndjson", "application/x-ndjson", '{"comment": "SCRIPT"}\n{"comment": "fine"}\n'
    ),
    "a script in XML": ActiveFile(
        "note.xml",
        _XML,
        "<?xml version='1.0'?><note><body xmlns='http://www.w3.org/1999/xhtml'>SCRIPT</body></note>",
        _XML,
    ),
    "a page in UTF-16": ActiveFile(
        "utf-16.txt", "text/plain", "A page: <html>SCRIPT</html>\n", "text/html; charset=utf-16le", "utf-16"
    ),
    "a page in Shift_JIS": ActiveFile(
        "shift-jis.txt",
        "text/plain",
        "日本語の文章です。<html>SCRIPT</html>\n",
        "text/html; charset=shift_jis",
        "shift_jis",
    ),
    "a page in GB18030": ActiveFile(
        "gb18030.txt",
        "text/plain",
        "中文文本在这里。<html>SCRIPT</html>\n",
        "text/html; charset=gb18030",
        "gb18030",
    ),
    "a page behind a picture": ActiveFile("photo.png", "image/png", "<html>SCRIPT</html>", prefix=_PICTURE),
}
