"""The name under which a download is saved: one that Windows can save, with an extension of the detected content type.

The record keeps the name as the user gave it. Systems choose by the extension what a double click does, so a file that was
checked as an image is never saved as a program.
"""

import re

from functions.domain.filename import MAX_BYTES, extension, shorten_name
from functions.domain.media_types import find_extension, is_usual_extension

# https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file
_RESERVED_CHARACTERS = re.compile(r'[<>:"/\\|?*]')
_RESERVED_NAMES = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])\s*(?:\.|$)", re.IGNORECASE
)
# https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-fscc/c54dec26-1551-4d3a-a0ea-4fa40f848eb3
_STREAM = re.compile(r"(?<=.)(?::[^:]*)?:\$\w+[\s.]*$")
"""The name of an NTFS stream at the end, such as `::$DATA`: Windows opens the file without it."""

_MORE_EXTENSIONS = {
    content_type: frozenset(extensions.split())
    for content_type, extensions in {
        "text/plain": "text log srt vtt sub lrc yaml yml toml conf properties sql css scss less tex bib rst adoc asciidoc org"
        " diff patch c h cc cpp hpp cs java kt go rs swift ts tsx jsx graphql proto asc sha256 sha1 md5 po pot csv tsv json ndjson"
        " jsonl geojson md markdown",
        "text/markdown": "markdown mdown mkd",
        "text/csv": "log",
        "application/json": "geojson ipynb webmanifest har topojson gltf jsonc map",
        "application/x-ndjson": "jsonl",
        "application/xml": "gpx kml rss atom plist xsd xliff xlf tei musicxml",
        "application/vnd.sqlite3": "sqlite3 db",
        "application/zip": "cbz kmz",
        "application/x-bzip2": "tbz2 tbz",
        "application/x-xz": "txz",
        "application/zstd": "tzst",
        "image/jpeg": "jpe jfif",
        "image/heic": "hif heics",
        "image/bmp": "dib",
        "audio/ogg": "opus spx",
        "audio/mp4": "m4b m4r",
        "audio/wav": "wave",
        "video/quicktime": "qt",
        "video/x-matroska": "mka mk3d",
    }.items()
}
"""Further extensions of honest files. None of them is run or rendered as HTML by a double click."""

_PROGRAMS = frozenset(
    suffix
    for suffixes in (
        # programs, installers and settings of Windows
        "appinstaller application appx appxbundle chm cmd com cpl diagcab dll exe gadget grp hlp hta inf ins isp lib library-ms lnk msc"
        " msh msi msix msp mst ops osd pcd pif prf reg scf scr sct search-ms settingcontent-ms sys theme url vsmacros vsw website",
        # programs of macOS, Linux and Android, and links to them
        "apk app bash command csh deb desktop dmg elf ksh pkg rpm scpt sh terminal webloc workflow zsh",
        # scripts, and byte code
        "bat class jar jnlp js jse php pl ps1 ps1xml ps2 psc1 psd1 psm1 py pyc pyw pyz pyzw rb shb shs vb vbe vbp vbs wasm ws wsc wsf wsh",
        # pages
        "htm html mht mhtml shtml svg swf xbap xht xhtml xml xsl xslt",
        # macros and databases of Office
        "ade adp mad maf mag mam maq mar mas mat mau mav maw mda mdb mde mdt mdw mdz plg xll xnk",
        # disk images
        "img iso vhd vhdx wim",
    )
    for suffix in suffixes.split()
)
"""Extensions that run or render something. Names with them are changed even where the content type is not in the table."""

_FALLBACK = ".bin"


def choose_download_name(name: str, content_type: str) -> str:
    """Returns the name for a download of this detected content type, of at most 255 bytes of UTF-8."""
    bare = _RESERVED_CHARACTERS.sub("_", _STREAM.sub("", name)).rstrip(". \u00a0") or "_"
    agreed = bare + _missing_extension(bare, content_type.partition(";")[0].strip())
    safe = f"_{agreed}" if _RESERVED_NAMES.match(agreed) else agreed
    return shorten_name(safe, MAX_BYTES)


def _missing_extension(name: str, content_type: str) -> str:
    """Returns the extension to append, or an empty string for a name that agrees with the type or has no extension."""
    suffix = extension(f"_{name}")  # Windows takes `.exe` as an extension too.
    if not suffix or is_usual_extension(suffix, content_type):
        return ""
    if suffix in _MORE_EXTENSIONS.get(content_type, ()):
        return ""
    is_dotfile = name.rfind(".") == 0
    usual = find_extension(content_type)
    if suffix not in _PROGRAMS and (is_dotfile or not usual):
        return ""
    return usual or _FALLBACK
