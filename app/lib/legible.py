"""Markdown as a plain letter says it: lists with their dashes, and each link with its address."""

from collections.abc import Sequence
from html.parser import HTMLParser

from app.lib.text import rich

_BLOCKS = {"p", "ul", "ol", "blockquote", "pre", "h3", "h4"}


def legible(text: str) -> str:
    reader = _Reader()
    reader.feed(str(rich(text)))
    reader.close()
    return "\n".join(_no_more_than_one_empty(reader.lines)).strip()


class _Reader(HTMLParser):
    """Reads what `rich` has cleaned, so there is nothing in it but the tags that it lets through."""

    def __init__(self) -> None:
        super().__init__()
        self.lines = [""]
        self.lists: list[int | None] = []
        """Open lists: the number of the last item, None where they have dashes."""
        self.quotes = 0
        self.link, self.label = "", ""
        self.is_set = False
        """Within `pre`, where spaces and line ends stand as they are written."""

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        if tag in ("ul", "ol"):
            if not self.lists:
                self._leave_empty()
            self.lists.append(0 if tag == "ol" else None)
        elif tag in _BLOCKS:
            self.quotes += tag == "blockquote"
            self.is_set = self.is_set or tag == "pre"
            if not self._at_item():
                self._leave_empty()
        elif tag == "li":
            self._new_line()
            number = self.lists[-1] + 1 if self.lists and self.lists[-1] is not None else None
            if self.lists:
                self.lists[-1] = number
            self._add("  " * (len(self.lists) - 1) + (f"{number}. " if number else "- "))
        elif tag == "br":
            self._new_line()
            self._add("  " * len(self.lists))
        elif tag == "hr":
            self._leave_empty()
            self._add("* * *")
            self._leave_empty()
        elif tag == "a":
            self.link, self.label = dict(attrs).get("href") or "", ""

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ul", "ol") and self.lists:
            self.lists.pop()
            if not self.lists:
                self._leave_empty()
        elif tag in _BLOCKS:
            self._leave_empty()
            self.quotes -= tag == "blockquote"
            self.is_set = self.is_set and tag != "pre"
        elif tag == "a" and self.link:
            address = self.link.removeprefix("mailto:")
            if self.label.strip() != address:
                self._add(f" ({address})" if self.label.strip() else address)
            self.link = ""

    def handle_data(self, data: str) -> None:
        self.label += data
        if self.is_set:
            first, *others = data.split("\n")
            self._add(first)
            for line in others:
                self._new_line()
                self._add(line)
        else:
            said = " ".join(data.split("\n"))
            said = said if self.lines[-1].strip("> ") else said.lstrip()
            if said:
                self._add(said)

    def _at_item(self) -> bool:
        return self.lines[-1].rstrip().endswith(("-", ".")) and self.lines[-1].strip(" 0123456789") in ("-", ".")

    def _add(self, text: str) -> None:
        self.lines[-1] = (self.lines[-1] or "> " * self.quotes) + text

    def _new_line(self) -> None:
        if self.lines[-1]:
            self.lines.append("")

    def _leave_empty(self) -> None:
        self._new_line()
        self.lines.append("")


def _no_more_than_one_empty(lines: list[str]) -> list[str]:
    ended = [line.rstrip() for line in lines]
    return [line for line, before in zip(ended, ["", *ended], strict=False) if line or before]
