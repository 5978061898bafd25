import pytest
from local_readers import english, tone

from inference.lanes.news_analysis.local.words import entries

GOOD = (
    "Sales rose 9 percent in the third quarter.",
    "Deaths on the roads fell by half.",
    "The company cut its debts.",
    "Researchers announced a breakthrough in the treatment of malaria.",
    "Rivals agreed a ceasefire.",
    "Critics gave the play a standing ovation.",
)
BAD = (
    "Sales fell 9 percent in the third quarter.",
    "Deaths on the roads doubled.",
    "About 300 workers lost their jobs.",
    "Two people were killed in the crash.",
    "The team were relegated after another defeat.",
    "The minister resigned over a bribery scandal.",
)
PLAIN = (
    "Shares in the party's bank are of interest to the ministry of justice.",
    "The museum is open from Tuesday to Sunday.",
    "The committee meets on 3 May.",
    "The number of words rose.",
)


@pytest.mark.parametrize("sentence", GOOD)
def test_good_news_sounds_good(sentence: str) -> None:
    assert tone(english(), sentence) > 0.1


@pytest.mark.parametrize("sentence", BAD)
def test_bad_news_sounds_bad(sentence: str) -> None:
    assert tone(english(), sentence) < -0.1


@pytest.mark.parametrize("sentence", PLAIN)
def test_words_that_only_name_things_say_nothing(sentence: str) -> None:
    assert tone(english(), sentence) == 0


def test_a_rise_before_a_comma_moves_nothing_behind_it() -> None:
    assert tone(english(), "Prices rose, jobs were discussed.") < 0


def test_no_word_has_two_tones() -> None:
    weighed = [text for _, text in entries("english-tone")]
    assert sorted(set(weighed)) == sorted(weighed)
