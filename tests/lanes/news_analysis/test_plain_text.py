import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.lanes.news_analysis.hygiene import cut, sentences, tidy
from inference.lanes.news_analysis.markup import plain

PIECES = st.sampled_from(
    [
        *("<p>", "</p>", "<b>", "</b", "<", ">", "<!--", "-->", "<script>", "</script>", "<br/>"),
        *("<div hidden>", "</div>", '<i style="display:none">', "<![CDATA[", "]]>", "<svg>", "<a "),
        *("&", "amp;", "&amp;", "lt;", "&lt;", "&#60;", "&#x3c;", "&#38;", "&nbsp;", "&copy", "#"),
        *(
            "\u200b",
            "\u202e",
            "\u00ad",
            "\ufeff",
            "\x00",
            "\x1c",
            "\u2028",
            "\t",
            "\n",
            " ",
            "\u3164",
        ),
        *("e", "\u0301", "\u1112", "\u1161", "\u11ab", "\ud83d", "\u212b", "\U000e0041", "\u2000"),
        *("word", "한국", "<앵커>", "<Parasite>", "5 < 6", "AT&T", "[+12 chars]", "..."),
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=6), max_size=25).map("".join)


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p>One</p>\n<p>Two <b>bold</b></p>", "One\nTwo bold"),
        ("one<br>two<ul><li>a<li>b</ul>", "one\ntwo\na\nb"),
        ("a<script>x()</script><style>p{}</style><noscript>n</noscript>b", "ab"),
        ("seen<!-- unseen --><svg><text>t</text></svg><iframe>f</iframe>", "seen"),
        ("R&amp;D &lt;b&gt;x&lt;/b&gt; &#54620;&#44397; it&rsquo;s", "R&D x 한국 it\u2019s"),
        ("&amp;amp;amp;lt;b&gt;deep", "deep"),
        ("<![CDATA[<p>in a section</p>]]>", "in a section"),
        ("<p>one\nline</p>", "one line"),
        ("cut off <a href='https://x.example", "cut off"),
    ],
)
def test_markup_goes_and_its_text_stays(page: str, text: str) -> None:
    assert plain(page) == text


@pytest.mark.parametrize(
    "text",
    [
        "<앵커> 안녕하십니까",
        "<Parasite> wins",
        "AT&T & co",
        "5 < 6 and 7 > 6",
        "?a=1&copy=2",
        "a <3 b",
    ],
)
def test_brackets_that_are_no_markup_are_text(text: str) -> None:
    assert plain(text) == text


@pytest.mark.parametrize(
    "hiding",
    [
        *("hidden", 'aria-hidden="true"', 'class="a sr-only"', "style='display : none'"),
        *('style="VISIBILITY:hidden"', "style=opacity:0", 'style="font-size:0px"'),
        *('style="color:transparent"', 'style="position:absolute; left:-9999px"'),
        *('style="a:b;height:0;overflow:hidden"', 'style="text-indent:-5000px"'),
        *(
            'style="clip:rect(0,0,0,0)"',
            'style="color:rgba(0,0,0,0)"',
            'style="transform:scale(0)"',
        ),
    ],
)
def test_what_is_hidden_from_readers_is_left_out(hiding: str) -> None:
    assert plain(f"<p>seen</p><div {hiding}>un<b>seen</b></div><p>too</p>") == "seen\ntoo"


def test_what_only_looks_like_hiding_is_read() -> None:
    style = "font-size:14px; width:100%; opacity:0.9; left:-2px; height:10em; color:#000"
    style += "; opacity:inherit; transform:scale(0.9)"
    assert plain(f'<p style="{style}" class="hidden-gem">seen</p>') == "seen"


def test_unseen_characters_go_and_letters_are_composed() -> None:
    assert tidy("a\u200bb\u202ec\u00add\ufeff\x07\u3164\ud83d\U000e0041\ue000") == "abcd"
    assert tidy("e\u0301 \u1112\u1161\u11ab") == "\u00e9 한"
    assert tidy(" a \t b \r\n\r\n\u2028 c\u00a0\u3000d ") == "a b\nc d"


@given(TEXTS)
def test_what_is_plain_stays_as_it_is(text: str) -> None:
    once = plain(text)
    assert plain(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert not {unicodedata.category(c) for c in once.replace("\n", "")} & {"Cc", "Cf", "Cs", "Co"}


def test_hostile_nesting_is_taken_apart_in_time() -> None:
    assert "&" not in plain("&#38;" + "#38;" * 3_000 + "lt;b&gt;x")
    assert plain("<b><i><u>" * 3_000 + "deep") == "deep"


def test_formats_that_are_never_closed_are_not_opened_anew_in_every_block() -> None:
    formats = "".join(f"<b id={number}>" for number in range(2_000))
    assert plain(formats + "<p>x" * 5_000) == "\n".join(["x"] * 5_000)


def test_a_letter_has_no_more_marks_than_can_be_composed_in_time() -> None:
    once = plain("a" + "\u0301\u0316\u0344" * 15_000)
    assert len(once) < 32
    assert plain(once) == once


def test_a_text_is_cut_at_the_end_of_a_sentence_or_of_a_word() -> None:
    assert cut("One is 3.5. Two is more. Three", 25) == "One is 3.5. Two is more."
    assert cut("그는 말했다. 다음 날 떠났다. 그리고", 18) == "그는 말했다. 다음 날 떠났다."
    assert cut("no sentence ends here", 15) == "no sentence"
    assert cut("x" * 30, 10) == "x" * 10


@given(TEXTS.filter(bool), st.integers(1, 60))
def test_a_cut_text_is_the_beginning_of_the_text(text: str, most: int) -> None:
    found = cut(text, most)
    assert len(found) <= most
    assert text.strip().startswith(found) or text.startswith(found)
    assert "".join(sentences(text)) == text
