"""The text of terms as its writer types it: paragraphs, headings, lists; never markup."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Block:
    """A heading, a paragraph, or a list of lines."""

    kind: str
    lines: list[str]


def blocks(text: str | None) -> list[Block]:
    """Line by line: `## ` begins a heading, `- ` a line of a list; an empty line ends a
    paragraph.
    """
    found: list[Block] = []
    after_gap = True
    for line in (text or "").replace("\r", "").split("\n"):
        kind, words = _read(line.strip())
        goes_on = not after_gap and bool(found) and found[-1].kind == kind != "heading"
        if words and goes_on:
            found[-1].lines.append(words)
        elif words:
            found.append(Block(kind, [words]))
        after_gap = not words
    return found


def _read(line: str) -> tuple[str, str]:
    for mark, kind in (("## ", "heading"), ("- ", "list")):
        if line.startswith(mark):
            return kind, line.removeprefix(mark).strip()
    return "paragraph", line
