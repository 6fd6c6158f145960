"""Documents of offices, books, mail, and text."""

from functions.domain.file_type import row

OOXML = "application/vnd.openxmlformats-officedocument."
ODF = "application/vnd.oasis.opendocument."
_EXCEL = (
    "application/vnd.ms-excel application/excel application/x-excel application/x-msexcel application/msexcel"
)
_ZIP = "application/zip"

# fmt: off
DOCUMENTS = (
    row("application/pdf", "a PDF document", "pdf",
         "application/x-pdf application/acrobat application/vnd.pdf text/pdf text/x-pdf", inline=True),
    row("application/postscript", "a PostScript document", "ps eps", "application/eps image/x-eps image/eps"),
    row("application/rtf", "an RTF document", "rtf", "text/rtf application/x-rtf text/richtext",
         beside="application/msword"),
    row(f"{OOXML}wordprocessingml.document", "a Word document", "docx",
         beside=f"{_ZIP} application/msword application/vnd.ms-word"),
    row(f"{OOXML}spreadsheetml.sheet", "an Excel spreadsheet", "xlsx", beside=f"{_ZIP} {_EXCEL}"),
    row(f"{OOXML}presentationml.presentation", "a PowerPoint presentation", "pptx",
         beside=f"{_ZIP} application/vnd.ms-powerpoint application/mspowerpoint"),
    row(f"{ODF}text", "an OpenDocument text", "odt", "application/x-vnd.oasis.opendocument.text", beside=_ZIP),
    row(f"{ODF}spreadsheet", "an OpenDocument spreadsheet", "ods",
         "application/x-vnd.oasis.opendocument.spreadsheet", beside=_ZIP),
    row(f"{ODF}presentation", "an OpenDocument presentation", "odp",
         "application/x-vnd.oasis.opendocument.presentation", beside=_ZIP),
    row("application/epub+zip", "an EPUB book", "epub", "application/epub application/x-epub+zip", beside=_ZIP),
    row("application/x-ole-storage", "an OLE document", "", "application/cdfv2"),
)
OTHER_DOCUMENTS = (
    row("application/msword", "an older Word document", "doc dot", "application/vnd.msword application/doc"),
    row("application/vnd.ms-excel", "an older Excel spreadsheet", "xls xlt xla",
         "application/excel application/x-excel application/x-msexcel application/msexcel"),
    row("application/vnd.ms-powerpoint", "an older PowerPoint presentation", "ppt pps pot",
         "application/mspowerpoint application/powerpoint application/x-mspowerpoint"),
    row("application/vnd.visio", "an older Visio drawing", "vsd", "application/x-visio"),
    row("application/vnd.ms-outlook", "an Outlook message", "msg", "application/x-msg"),
    row("application/x-mspublisher", "a Publisher document", "pub", "application/vnd.ms-publisher"),
    row(f"{OOXML}wordprocessingml.template", "a Word template", "dotx", beside=_ZIP),
    row(f"{OOXML}spreadsheetml.template", "an Excel template", "xltx", beside=_ZIP),
    row(f"{OOXML}presentationml.template", "a PowerPoint template", "potx", beside=_ZIP),
    row(f"{OOXML}presentationml.slideshow", "a PowerPoint slide show", "ppsx", beside=_ZIP),
    row("application/vnd.ms-word.document.macroenabled.12", "a Word document with macros", "docm", beside=_ZIP),
    row("application/vnd.ms-word.template.macroenabled.12", "a Word template with macros", "dotm", beside=_ZIP),
    row("application/vnd.ms-excel.sheet.macroenabled.12", "an Excel spreadsheet with macros", "xlsm", beside=_ZIP),
    row("application/vnd.ms-excel.template.macroenabled.12", "an Excel template with macros", "xltm", beside=_ZIP),
    row("application/vnd.ms-excel.addin.macroenabled.12", "an Excel add-in", "xlam", beside=_ZIP),
    row("application/vnd.ms-excel.sheet.binary.macroenabled.12", "a binary Excel spreadsheet", "xlsb", beside=_ZIP),
    row("application/vnd.ms-powerpoint.presentation.macroenabled.12", "a PowerPoint presentation with macros", "pptm",
         beside=_ZIP),
    row("application/vnd.ms-powerpoint.template.macroenabled.12", "a PowerPoint template with macros", "potm", beside=_ZIP),
    row("application/vnd.ms-powerpoint.slideshow.macroenabled.12", "a PowerPoint slide show with macros", "ppsm",
         beside=_ZIP),
    row("application/vnd.ms-powerpoint.addin.macroenabled.12", "a PowerPoint add-in", "ppam", beside=_ZIP),
    row("application/vnd.ms-visio.drawing", "a Visio drawing", "vsdx", "application/vnd.ms-visio.drawing.main+xml",
         beside=_ZIP),
    row("application/encrypted", "a document with a password", ""),
    row("application/vnd.ms-xpsdocument", "an XPS document", "xps", beside=_ZIP),
    row("application/oxps", "an XPS document", "oxps", beside=_ZIP),
    row(f"{ODF}graphics", "an OpenDocument drawing", "odg", beside=_ZIP),
    row(f"{ODF}text-template", "an OpenDocument text template", "ott", beside=_ZIP),
    row(f"{ODF}spreadsheet-template", "an OpenDocument spreadsheet template", "ots", beside=_ZIP),
    row(f"{ODF}presentation-template", "an OpenDocument presentation template", "otp", beside=_ZIP),
    row("application/vnd.apple.pages", "a Pages document", "pages", "application/x-iwork-pages-sffpages", beside=_ZIP),
    row("application/vnd.apple.numbers", "a Numbers spreadsheet", "numbers", "application/x-iwork-numbers-sffnumbers",
         beside=_ZIP),
    row("application/vnd.apple.keynote", "a Keynote presentation", "keynote", "application/x-iwork-keynote-sffkey",
         beside=_ZIP),
    row("application/onenote", "a OneNote section", "one", "application/msonenote"),
    row("application/x-mobipocket-ebook", "a Mobipocket book", "mobi azw azw3 prc", "application/vnd.amazon.ebook"
         " application/vnd.amazon.mobi8-ebook"),
    row("text/calendar", "a calendar", "ics ical ifb", "text/x-vcalendar application/ics text/ics"),
    row("text/vcard", "a contact", "vcf vcard", "text/x-vcard text/directory application/vcard"),
    row("message/rfc822", "an e-mail", "eml", "application/x-eml application/eml"),
    row("application/mbox", "a mailbox", "mbox"),
    row("multipart/related", "a saved web page", "mht mhtml", "application/x-mimearchive"),
)
TEXTS = (
    row("text/plain", "a text file", "txt text log", "text/x-log application/txt text/anytext", group="text", inline=True),
    row("text/csv", "a CSV file", "csv",
         "text/x-csv application/csv application/x-csv text/comma-separated-values text/x-comma-separated-values",
         beside=_EXCEL, group="text"),
    row("text/tab-separated-values", "a TSV file", "tsv tab", "text/tsv text/x-tsv application/tab-separated-values",
         beside=_EXCEL, group="text"),
    row("text/markdown", "a Markdown file", "md markdown mdown mkd",
         "text/x-markdown text/x-web-markdown text/md application/markdown", group="text"),
    row("application/json", "a JSON file", "json map webmanifest", "text/json application/x-json text/x-json", group="json"),
    row("application/x-ndjson", "an NDJSON file", "ndjson jsonl",
         "application/jsonl application/ndjson application/x-jsonlines application/jsonlines application/x-jsonl"
         " text/x-ndjson", group="json"),
    row("application/yaml", "a YAML file", "yaml yml", "application/x-yaml text/yaml text/x-yaml text/vnd.yaml", group="text"),
    row("application/toml", "a TOML file", "toml", "text/x-toml text/toml", group="text"),
    row("application/sql", "an SQL file", "sql", "text/x-sql text/sql application/x-sql", group="text"),
    row("application/xml", "an XML file", "xml xsd", "text/xml application/x-xml"),
    row("text/html", "an HTML page", "html htm xhtml xht", "application/xhtml+xml"),
    row("text/x-script", "a script", "sh", "application/x-sh text/x-sh application/x-shellscript"
         " application/x-php application/x-httpd-php text/x-php"),
    row("text/javascript", "a JavaScript file", "js mjs cjs", "application/javascript application/x-javascript", group="code"),
)
# fmt: on
