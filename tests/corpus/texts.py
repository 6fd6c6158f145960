"""Texts as people have them: prose in the encodings of their time, READMEs with HTML in them, and exports of tables."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Literal

from tests.corpus import File

PROSE = {
    # Language: a paragraph, with as few spaces as its language uses.
    "Chinese": "天地玄黄，宇宙洪荒。日月盈昃，辰宿列张。寒来暑往，秋收冬藏。闰余成岁，律吕调阳。云腾致雨，露结为霜。"
    "金生丽水，玉出昆冈。剑号巨阙，珠称夜光。果珍李柰，菜重芥姜。海咸河淡，鳞潜羽翔。",
    "Traditional Chinese": "天地玄黃，宇宙洪荒。日月盈昃，辰宿列張。寒來暑往，秋收冬藏。閏餘成歲，律呂調陽。雲騰致雨，露結為霜。"
    "金生麗水，玉出崑岡。劍號巨闕，珠稱夜光。果珍李柰，菜重芥薑。海鹹河淡，鱗潛羽翔。",
    "Cantonese": "佢哋喺嗰度食緊嘢，唔知幾時先至返嚟。我哋等咗好耐，個天就快黑喇，仲未見到佢哋嘅影。",
    "Japanese": "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。何でも薄暗いじめじめした所で"
    "ニャーニャー泣いていた事だけは記憶している。",
    "Korean": "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다. 인간은 천부적으로 이성과 양심을 부여받았다.",
    "Thai": "เป็นมนุษย์สุดประเสริฐเลิศคุณค่ากว่าบรรดาฝูงสัตว์เดรัจฉานจงฝ่าฟันพัฒนาวิชาการอย่าล้างผลาญฤๅเข่นฆ่าบีฑาใคร",
    "Russian": "Съешь же ещё этих мягких французских булок, да выпей чаю. Широкая электрификация южных губерний.",
    "Ukrainian": "Чуєш їх, доцю, га? Кумедна ж ти, прощайся без ґольфів! Жебракують філософи при ґанку церкви.",
    "Greek": "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία. Τάχιστη αλώπηξ βαφής ψημένη γη, δρασκελίζει υπέρ νωθρού κυνός.",
    "Hebrew": "דג סקרן שט בים מאוכזב ולפתע מצא חברה. איך הקליטה. עטלף אבק נס דרך מזגן שהתפוצץ כי חם.",
    "Arabic": "صف خلق خود كمثل الشمس إذ بزغت يحظى الضجيع بها نجلاء معطار. نص حكيم له سر قاطع وذو شأن عظيم.",
    "Turkish": "Pijamalı hasta yağız şoföre çabucak güvendi. Öküz ajan hapse düştü yavrum, ocağı felç gibi.",
    "Polish": "Zażółć gęślą jaźń. Pchnąć w tę łódź jeża lub ośm skrzyń fig. Mężny bądź, chroń pułk twój i sześć flag.",
    "Lithuanian": "Įlinkdama fechtuotojo špaga sublykčiojusi pragręžė apvalų arbūzą.",
    "German": "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich. Falsches Üben von Xylophonmusik quält.",
    "French": "Portez ce vieux whisky au juge blond qui fume. Dès Noël où un zéphyr haï me vêt de glaçons würmiens.",
}
ENCODINGS = {
    "Chinese": ("gb18030", "gbk", "gb2312", "utf-16-le", "utf-16-be", "utf-16", "utf-32"),
    "Traditional Chinese": ("big5", "big5hkscs", "gb18030", "utf-16-le", "utf-16-be"),
    "Cantonese": ("big5hkscs",),
    "Japanese": ("shift-jis", "cp932", "euc-jp", "iso-2022-jp", "utf-16-le", "utf-16-be"),
    "Korean": ("euc-kr", "cp949", "utf-16-le", "utf-16-be"),
    "Thai": ("cp874", "tis-620", "utf-16-le"),
    "Russian": ("koi8-r", "cp1251", "cp866", "iso8859-5", "mac-cyrillic", "utf-16-le", "utf-16-be"),
    "Ukrainian": ("koi8-u", "cp1251"),
    "Greek": ("cp1253", "iso8859-7", "utf-16-le"),
    "Hebrew": ("cp1255", "iso8859-8", "utf-16-be"),
    "Arabic": ("cp1256", "iso8859-6", "utf-16-le"),
    "Turkish": ("cp1254", "iso8859-9"),
    "Polish": ("cp1250", "iso8859-2", "cp852"),
    "Lithuanian": ("cp1257", "iso8859-13"),
    "German": ("cp1252", "iso8859-15", "cp850", "mac-roman", "utf-16-le", "utf-16-be"),
    "French": ("cp1252", "iso8859-15", "mac-roman"),
}
_SHORT = 1
_LONG = 40
"""Paragraphs: a short text that is all, and one that the head cuts off in a character."""

BADGES = '<img src="https://img.example/build.svg" alt="build"> <a href="https://example.com"><img src="a.png"></a>'
OPENINGS = (
    '<p align="center">\n  <img src="logo.svg" width="200" onerror="this.remove()">\n</p>\n\n# Cats\n',
    '<h1 align="center">Cats</h1>\n\n<div align="center">\n\n' + BADGES + "\n\n</div>\n",
    "<details>\n<summary>Contents</summary>\n\n- [One](#one)\n\n</details>\n\n# Cats\n",
    '<img src="banner.png">\n\nCats\n====\n',
    "<!-- markdownlint-disable -->\n<!-- toc -->\n\n# Cats\n",
    '<picture>\n  <source media="(prefers-color-scheme: dark)" srcset="d.png">\n  <img src="l.png">\n</picture>\n\n# Cats\n',
    "<br/>\n<center><b>Cats</b></center>\n",
    '<a name="top"></a>\n# Cats\n',
    '<script setup>\nimport Cat from "./Cat.vue"\n</script>\n\n# Cats\n',
    "---\ntitle: Cats\nhead: <script>void 0</script>\n---\n\n# Cats\n",
    "# Cats <sup>2</sup>\n\n" + BADGES + "\n",
)
BODIES = (
    "\n```html\n<!DOCTYPE html>\n<html><body><script>alert(1)</script></body></html>\n```\n",
    '\n```vue\n<script setup lang="ts">\nconst cat = ref(1)\n</script>\n<template><Cat :n="cat"/></template>\n```\n',
    '\n<svg width="1"><path d="M0 0"/></svg>\n\n| a | b |\n|---|---|\n| <kbd>1</kbd> | <iframe src="x"></iframe> |\n',
)
LONGEST = "# Cats\n\n" + "A cat, <b>bold</b> and `<script>`.\n" * 200
CELLS = (
    '<p>Hi</p><iframe src="https://example.com"></iframe>',
    "<script>alert(1)</script>",
    '=HYPERLINK("x")',
    'says "hi", and\nmore',
    "tab\vand bell\a",
)
DIALECTS: tuple[tuple[str, str, Literal[0, 1]], ...] = (
    (",", "\r\n", csv.QUOTE_MINIMAL),
    (";", "\n", csv.QUOTE_ALL),
    ("\t", "\r\n", csv.QUOTE_MINIMAL),
    ("|", "\n", csv.QUOTE_ALL),
)


def files() -> Iterator[File]:
    yield from legacy_texts()
    yield from readmes()
    yield from exports()
    yield from logs()
    yield from loose_json()


def legacy_texts() -> Iterator[File]:
    for language, encodings in ENCODINGS.items():
        for encoding in encodings:
            for count in (_SHORT, _LONG):
                text = f"{PROSE[language]}\r\n" * count
                yield File("text/plain", f"{language} in {encoding}, {count}", text.encode(encoding))


def readmes() -> Iterator[File]:
    for number, opening in enumerate(OPENINGS):
        for body in BODIES:
            yield File("text/markdown", f"README {number} {body[4:9]!r}", f"{opening}{body}".encode())
    yield File("text/markdown", "README", LONGEST.encode())


def exports() -> Iterator[File]:
    for number, cell in enumerate(CELLS):
        for delimiter, end, quoting in DIALECTS:
            how = f"export {number} {delimiter!r}"
            table = io.StringIO()
            writer = csv.writer(table, delimiter=delimiter, lineterminator=end, quoting=quoting)
            writer.writerow(["id", "Beschreibung", "größe"])
            writer.writerows([row, cell, "ä"] for row in range(60))
            content_type = "text/tab-separated-values" if delimiter == "\t" else "text/csv"
            yield File(content_type, how, table.getvalue().encode())
            yield File(content_type, f"{how} of DOS", table.getvalue().encode("cp850") + b"\x1a")


def logs() -> Iterator[File]:
    line = '10.0.0.1 - - [01/Jan/2026:00:00:00 +0000] "GET /?q=<script>alert(1)</script> HTTP/1.1" 404 9\n'
    yield File("text/plain", "access log", (line * 60).encode())
    yield File("text/plain", "progress", b"".join(b"\b\b\b\b%3d%%" % percent for percent in range(100)))
    yield File("text/plain", "terminal", b"\x1b[1mmake\x1b[0m\n\x07error: <html>\n")


def loose_json() -> Iterator[File]:
    yield File(
        "application/json", "Python", json.dumps([float("nan"), float("inf"), {"a": float("-inf")}]).encode()
    )
    yield File(
        "application/json",
        "tsconfig",
        b'{\n  // strict\n  "compilerOptions": {\n    "lib": ["es2022",], /* all */\n  },\n}\n',
    )
    for scalar in ("text", 1.5, True, None):
        yield File("application/json", f"scalar {scalar}", json.dumps(scalar).encode())
