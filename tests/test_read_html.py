"""Reading saved web pages: the body, and the fields that the page states, before anything is guessed."""

from __future__ import annotations

import contextlib
import datetime
import json
from pathlib import Path
from typing import Any

import pytest
from readings import articles, unread

from index.errors import ReadError
from index.read.html_file import article_of_page
from index.read.identity import id_from_url
from index.records import Article

FIRST = "The harbour council of Lindhafen approved a new tidal barrier on Friday after four hours of debate."
SECOND = (
    "“We have waited twelve years for this vote, and the water has not waited with us,” harbour master Ines Dahl said. "
    "Building will begin in September and will cost 84 million crowns, the council said in a statement."
)
THIRD = (
    "Fishermen from the northern quay protested outside, saying that the gates would close their way to sea at night."
)
HEADLINE = "Lindhafen approves tidal barrier after long debate"
URL = "https://www.lindhafen-observer.example/news/2024/06/barrier"


def page(head: str = "", *, top: str = f"<h1>{HEADLINE}</h1>", foot: str = "", language: str = "en") -> str:
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{HEADLINE} - Observer</title>{head}'
        "</head><body><nav><ul><li><a href='/'>Home</a></li><li><a href='/sport'>Sport</a></li></ul></nav>"
        f"<main><article>{top}<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p></article></main>{foot}"
        "<footer><p>© 2024 Observer. All rights reserved. <a href='/privacy'>Privacy</a></p></footer></body></html>"
    )


def linked(**values: Any) -> str:
    data = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": HEADLINE} | values
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


def read_page(source: str | bytes, url: str | None = None, **given: Any) -> Article:
    data = source.encode() if isinstance(source, str) else source
    return article_of_page(data, url=url, name="page.html", **given)[0]


def refused(source: str | bytes) -> ReadError:
    data = source.encode() if isinstance(source, str) else source
    with pytest.raises(ReadError) as caught:
        article_of_page(data, name="page.html")
    assert caught.value.remedy
    return caught.value


class TestTheBody:
    def test_is_the_paragraphs_of_the_article_word_for_word(self) -> None:
        assert read_page(page()).text == "\n\n".join([FIRST, SECOND, THIRD])

    def test_has_no_cookie_banner_newsletter_or_comments(self) -> None:
        foot = (
            "<div class='cookie-banner'><p>We use cookies to improve your experience on our site. Accept all.</p></div>"
            "<div class='newsletter'><p>Sign up for our newsletter.</p></div>"
            "<div id='comments'><p>I think that this barrier is a waste of money and will never be built.</p></div>"
        )
        assert read_page(page(foot=foot)).text == "\n\n".join([FIRST, SECOND, THIRD])

    def test_has_no_script_and_no_style(self) -> None:
        text = read_page(page(top=f"<h1>{HEADLINE}</h1><script>document.write('x')</script><style>p{{}}</style>")).text
        assert "document" not in text
        assert "p{" not in text


class TestJsonLd:
    def test_gives_every_field_as_stated(self) -> None:
        found = read_page(
            page(
                linked(
                    datePublished="2024-06-14T18:07:00+02:00",
                    dateModified="2024-06-15T09:00:00Z",
                    author=[{"@type": "Person", "name": "Jane Roe"}, {"@type": "Person", "name": "Tom Ek"}],
                    publisher={"@type": "Organization", "name": "Lindhafen Observer"},
                    articleSection="Harbour",
                    inLanguage="en-GB",
                )
            ),
            URL,
        )
        zone = datetime.timezone(datetime.timedelta(hours=2))
        assert found.title == HEADLINE
        assert found.published == datetime.datetime(2024, 6, 14, 18, 7, tzinfo=zone)
        assert found.authors == ("Jane Roe", "Tom Ek")
        assert found.source == "Lindhafen Observer"
        assert (found.language, found.url, found.id) == ("en", URL, id_from_url(URL))
        assert dict(found.metadata) == {"modified": "2024-06-15T09:00:00+00:00", "section": "Harbour"}

    def test_goes_before_meta_tags(self) -> None:
        head = linked(datePublished="2024-06-14") + '<meta property="article:published_time" content="2020-01-01">'
        assert read_page(page(head)).published == datetime.date(2024, 6, 14)

    def test_is_found_in_a_graph_among_others(self) -> None:
        graph = {
            "@context": "https://schema.org",
            "@graph": [
                {"@type": "WebSite", "name": "Observer"},
                {"@type": "NewsArticle", "headline": "Another story of the day", "datePublished": "2019-01-01"},
                {
                    "@type": ["NewsArticle"],
                    "headline": HEADLINE,
                    "datePublished": "2024-06-14",
                    "author": "By Jane Roe",
                },
            ],
        }
        found = read_page(page(f'<script type="application/ld+json">{json.dumps(graph)}</script>'))
        assert (found.published, found.authors) == (datetime.date(2024, 6, 14), ("Jane Roe",))

    @pytest.mark.parametrize("script", ["{", "[" * 100_000, '"a string"', "[[1]]", '{"@type": 7}'])
    def test_that_is_broken_costs_nothing_else(self, script: str) -> None:
        head = f'<script type="application/ld+json">{script}</script><meta name="author" content="Jane Roe">'
        assert read_page(page(head)).authors == ("Jane Roe",)

    def test_states_no_author_that_is_the_outlet_or_an_address(self) -> None:
        head = linked(
            author=[{"name": "Lindhafen Observer"}, {"name": "https://facebook.example/roe"}, {"name": "Jane Roe"}],
            publisher={"name": "Lindhafen Observer"},
        )
        assert read_page(page(head)).authors == ("Jane Roe",)

    def test_gives_the_text_of_a_page_that_shows_only_its_beginning(self) -> None:
        body = "\n".join([FIRST, SECOND, THIRD] * 4)
        source = f"<html><head>{linked(articleBody=body)}</head><body><h1>{HEADLINE}</h1><p>{FIRST}</p></body></html>"
        assert read_page(source).text.count(THIRD) == 4


class TestMetaTags:
    def test_give_the_fields_where_there_is_no_json_ld(self) -> None:
        head = (
            f'<meta property="og:title" content="{HEADLINE} | Observer">'
            '<meta property="og:site_name" content="Observer">'
            '<meta property="article:published_time" content="2024-06-14T16:07:00Z">'
            '<meta property="article:modified_time" content="2024-06-14T17:00:00Z">'
            '<meta property="article:section" content="Harbour"><meta name="author" content="Jane Roe and Tom Ek">'
            f'<link rel="canonical" href="{URL}">'
        )
        found = read_page(page(head, top=""))
        assert found.title == HEADLINE
        assert found.published == datetime.datetime(2024, 6, 14, 16, 7, tzinfo=datetime.UTC)
        assert (found.authors, found.source) == (("Jane Roe", "Tom Ek"), "Observer")
        assert found.url == URL
        assert found.metadata["section"] == "Harbour"


class TestDates:
    def test_are_taken_from_what_the_page_shows_where_its_metadata_is_silent(self) -> None:
        top = f'<h1>{HEADLINE}</h1><time datetime="2024-06-14">14 June 2024</time>'
        assert read_page(page(top=top)).published == datetime.date(2024, 6, 14)

    @pytest.mark.parametrize(
        "line",
        [
            "By Jane Roe | June 14, 2024",
            "Jane Roe on Friday, June 14th, 2024 at 11:08 a.m.",
            "Von Jane Roe am 14. Juni 2024",
        ],
    )
    def test_are_read_from_the_lines_around_the_headline(self, line: str) -> None:
        published = read_page(page(top=f"<h1>{HEADLINE}</h1><div>{line}</div>")).published
        assert published
        assert published.isoformat()[:10] == "2024-06-14"

    def test_are_never_invented(self) -> None:
        assert read_page(page()).published is None

    def test_that_cannot_be_understood_are_none(self) -> None:
        assert read_page(page(linked(datePublished="last Friday"))).published is None


class TestAuthors:
    @pytest.mark.parametrize(
        ("stated", "authors"),
        [
            ("By Jane Roe", ("Jane Roe",)),
            ("Jane Roe, CNN Business", ("Jane Roe",)),
            ("Jane Roe. Sputnik International", ("Jane Roe",)),
            ("JANE ROE Associated Press", ("JANE ROE",)),
            ("J. K. Rowe", ("J. K. Rowe",)),
            ("Voltaire", ("Voltaire",)),
            ("admin", ()),
            ("Science X staff", ()),
            ("https://facebook.example/roe", ()),
        ],
    )
    def test_are_names_without_what_stands_beside_them(self, stated: str, authors: tuple[str, ...]) -> None:
        assert read_page(page(f'<meta name="author" content="{stated}">')).authors == authors

    def test_are_read_from_the_byline_where_the_metadata_is_silent(self) -> None:
        assert read_page(page(top=f"<h1>{HEADLINE}</h1><div>By Jane Roe and Tom Ek</div>")).authors == (
            "Jane Roe",
            "Tom Ek",
        )


class TestTheHeadline:
    def test_is_the_one_shown_where_the_metadata_has_another(self) -> None:
        assert read_page(page('<meta property="og:title" content="Barrier approved, say six">')).title == HEADLINE

    def test_is_the_metadatas_where_the_only_heading_is_the_outlets_name(self) -> None:
        head = f'<meta property="og:title" content="{HEADLINE}"><meta property="og:site_name" content="Observer">'
        assert read_page(page(head, top="<h1>Observer</h1>")).title == HEADLINE


class TestTheAddress:
    def test_that_a_page_states_is_its_own_only_on_the_host_it_came_from(self) -> None:
        head = '<link rel="canonical" href="https://other.example/story">'
        assert read_page(page(head), URL).url == URL
        assert read_page(page(head)).url == "https://other.example/story"

    def test_is_not_the_front_page(self) -> None:
        head = '<link rel="canonical" href="https://www.lindhafen-observer.example/">'
        assert read_page(page(head), URL).url == URL

    def test_gives_the_same_id_to_a_page_fetched_and_the_same_page_saved(self) -> None:
        head = f'<link rel="canonical" href="{URL}">'
        assert read_page(page(head), f"{URL}?utm_source=feed").id == read_page(page(head)).id


class TestEncodings:
    @pytest.mark.parametrize("encoding", ["utf-8", "windows-1251", "koi8-r", "utf-16"])
    def test_that_the_page_states_are_used(self, encoding: str) -> None:
        russian = "Совет порта Линдхафена одобрил новый барьер после четырёх часов споров в старом зале заседаний."
        source = f"<html><meta charset='{encoding}'><body><p>{russian}</p><p>Рыбаки вышли на улицу.</p></body>"
        assert read_page(source.encode(encoding)).text.startswith(russian)

    def test_that_the_server_states_are_used(self) -> None:
        source = page().replace('<meta charset="utf-8">', "").replace("“", "é").encode("cp1252", "replace")
        assert "éWe have" in read_page(source, charset="iso-8859-1").text

    def test_that_nobody_states_are_refused_with_a_remedy(self) -> None:
        source = "<p>Совет порта одобрил новый барьер после четырёх часов споров в старом зале заседаний.</p>"
        assert "states no encoding" in refused(source.encode("cp1251")).problem

    @pytest.mark.parametrize("name", ["unicode_escape", "idna", "zip", "no-such", "utf-7"])
    def test_that_no_page_is_in_are_not_tried(self, name: str) -> None:
        assert read_page(page().replace("utf-8", name)).title == HEADLINE


class TestPagesWithoutAnArticle:
    def test_of_nothing_but_scripts_say_so(self) -> None:
        scripts = "<script>render()</script>" * 5
        found = refused(f"<html><head>{scripts}</head><body><div id='root'></div>{scripts}</body></html>")
        assert "without running its scripts" in found.problem

    @pytest.mark.parametrize("source", ["", " \n", "<html></html>", "<p>Short.</p>", "no markup", "<!-- a comment -->"])
    def test_are_reported(self, source: str) -> None:
        refused(source)

    def test_of_a_hundred_thousand_nested_tags_are_read_or_reported(self) -> None:
        for tag in ("div", "b", "table"):
            data = (f"<{tag}>" * 100_000 + f"<p>{FIRST} {SECOND}</p>").encode()
            with contextlib.suppress(ReadError):
                assert article_of_page(data, name="deep.html")[0].text

    def test_that_are_too_large_are_reported(self) -> None:
        assert "larger than" in refused(b"<p>" + b"x" * 20_000_001).problem


def test_a_saved_page_is_an_article_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / "june").mkdir()
    (tmp_path / "june" / "barrier.html").write_text(page())
    assert [article.id for article in articles(tmp_path)] == ["june/barrier.html"]
    (tmp_path / "june" / "barrier.html").write_text("<p>")
    assert unread(tmp_path).where.endswith("june/barrier.html")
