"""XML of strangers, read safely: no entities, no network, no depth without end; and with the line of each element."""

from typing import Any
from xml.etree import ElementTree as ET

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from app.languages.formats.remarks import RefusedError, Remark, Said

DEEPEST = 50
MOST_ELEMENTS = 40_000


class Tree(ET.TreeBuilder):
    """While it is read, the line that each element begins in is noted."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[ET.Element, int] = {}
        self._depth = 0
        self._parser: Any = DefusedXMLParser(target=self)

    def start(self, tag: Any, attributes: Any) -> Any:
        self._depth += 1
        line = self._parser.parser.CurrentLineNumber
        if self._depth > DEEPEST:
            raise RefusedError(Remark(line, Said.UNREADABLE_LINE))
        if len(self.lines) > MOST_ELEMENTS:
            raise RefusedError(Remark(line, Said.TOO_MANY_CUES))
        element = super().start(tag, attributes)
        self.lines[element] = line
        return element

    def end(self, tag: Any) -> Any:
        self._depth -= 1
        return super().end(tag)

    def read(self, text: str) -> ET.Element:
        """The root. Raises RefusedError."""
        try:
            self._parser.feed(text)
            root: ET.Element = self._parser.close()
        except ParseError as fault:
            raise RefusedError(Remark(fault.position[0], Said.FAULTY_XML)) from fault
        except DefusedXmlException as fault:
            line = self._parser.parser.CurrentLineNumber
            raise RefusedError(Remark(line, Said.XML_ENTITIES)) from fault
        except (ValueError, LookupError) as fault:
            raise RefusedError(Remark(1, Said.FAULTY_XML)) from fault
        return root
