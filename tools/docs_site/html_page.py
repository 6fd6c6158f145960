"""Parses a page of HTML: what it loads, what it leads to, and the anchors that it has."""

from html.parser import HTMLParser

_LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src", "object": "data"}
_LOADING_RELATIONS = {
    "stylesheet",
    "icon",
    "preload",
    "prefetch",
    "preconnect",
    "dns-prefetch",
    "modulepreload",
}


class HtmlPage(HTMLParser):
    """`loads` and `leads_to` are URLs as they are written, `anchors` the ids."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.leads_to: list[str] = []
        self.anchors: set[str] = set()
        self.has_policy = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called for each element."""
        values = {name: value or "" for name, value in attrs}
        if "id" in values:
            self.anchors.add(values["id"])
        if tag == "a" and "href" in values:
            self.leads_to.append(values["href"])
        if tag == "link" and _LOADING_RELATIONS & set(values.get("rel", "").split()):
            self.loads.append(values["href"])
        if url := values.get(_LOADED.get(tag, "")):
            self.loads.append(url)
        self.has_policy |= values.get("http-equiv") == "Content-Security-Policy"
