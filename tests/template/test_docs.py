"""Every Markdown page can be followed and read: its links resolve, its sentences are short."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
GUIDES = [page for page in PAGES if "adr" not in page.parts and page.name != "CHANGELOG.md"]
PROSE = [page for page in GUIDES if page.name != "aws-facts.md"]  # it quotes AWS at length
MOST_WORDS = 22  # of a sentence
_CODE_BLOCK = re.compile(r"^( *)```.*?^\1```", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_NOT_PROSE = re.compile(r"^(#|\||<!--|!\[)")  # headings, tables, comments, pictures
_LIST_ITEM = re.compile(r"^\s*([-*]|\d+\.) ", re.MULTILINE)
_CELL_END = re.compile(r" \| |[;:]\s")  # a cell often lists short phrases
_SENTENCE_END = re.compile(r"[.!?](?:\*\*)?(?:\s|$)|\n\n")


def _name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def text_of(page: Path) -> str:
    """The page's Markdown without its blocks of code."""
    return _CODE_BLOCK.sub("", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub gives the page's headings."""
    headings = (re.sub(r"[^\w\- ]", "", h.lower()) for h in _HEADING.findall(text_of(page)))
    return {heading.replace(" ", "-") for heading in headings}


def broken_links(page: Path) -> Iterator[str]:
    for link in _LINK.findall(text_of(page)):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if "://" in link:
            continue
        if not target.exists() or (anchor and anchor not in anchors(target)):
            yield link


def sentences(text: str) -> list[str]:
    """The sentences of the paragraphs and lists in `text`."""
    lines = (line for line in text.splitlines() if not _NOT_PROSE.match(line))
    prose = _LIST_ITEM.sub("\n\n", "\n".join(lines))
    return [sentence for part in _SENTENCE_END.split(prose) if (sentence := part.strip())]


def cells(text: str) -> list[str]:
    """The sentences in the cells of the tables in `text`."""
    rows = (line.strip("| ") for line in text.splitlines() if line.startswith("|"))
    parts = (part for row in rows for part in _CELL_END.split(row))
    return [each for part in parts for each in _SENTENCE_END.split(part) if each.strip()]


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_link_of_a_page_leads_to_a_file_and_to_a_heading_in_it(page: Path) -> None:
    assert list(broken_links(page)) == []


@pytest.mark.parametrize("page", PROSE, ids=_name)
def test_the_sentences_of_a_page_are_short(page: Path) -> None:
    text = text_of(page)
    long = [each for each in sentences(text) + cells(text) if len(each.split()) > MOST_WORDS]
    assert long == []


def test_the_index_names_every_page_but_the_single_decisions() -> None:
    index = ROOT / "docs/README.md"
    named = {(index.parent / link).resolve() for link in _LINK.findall(text_of(index))}
    pages = {page for page in GUIDES if page not in {index, ROOT / "README.md"}}
    assert sorted(map(_name, pages - named)) == []


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        pytest.param("One two. Three four five.", [2, 3], id="a full stop ends a sentence"),
        pytest.param("See 1.5 and a.b here.", [5], id="a point within a word ends none"),
        pytest.param("- one two\n- three", [2, 1], id="each item of a list is a sentence"),
        pytest.param("| a b c |\n# d e\nf", [1], id="tables and headings are no prose"),
    ],
)
def test_what_counts_as_a_sentence(text: str, lengths: list[int]) -> None:
    assert [len(sentence.split()) for sentence in sentences(text)] == lengths


def test_what_counts_as_a_sentence_of_a_table() -> None:
    assert cells("| a b | c d; e. F g |\nno cell") == ["a b", "c d", "e", "F g"]
