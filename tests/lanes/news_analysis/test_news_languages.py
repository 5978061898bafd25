import pytest

from inference.lanes.news_analysis.detection import language


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("코스피, 3000선 회복… 외국인 순매수", "ko"),
        ("SK hynix, HBM4 양산 시작", "ko"),
        ("The word 한글 names the Korean alphabet, and 김치 a dish", "en"),
        ("日経平均、3日ぶり反発", "ja"),
        ("東京株式市場", "zh"),
        ("中国经济增长超出预期", "zh"),
        ("中国演员会见韩国歌手김연아并合影留念在首尔举行活动", "zh"),
        ("Samsung shares jump", "und"),
        ("Samsung shares jump after record profit", "en"),
        ("Nikkei, Kospi, Hang Seng slide in Asia", "en"),
        ("Lee Jae-yong, Park Chan-ho attend Daejeon gala", "en"),
        ("Le premier ministre a annoncé jeudi une réforme des retraites", "fr"),
        ("Bundesregierung beschließt neues Gesetz zur Rente", "de"),
        ("Премьер-министр объявил реформу", "und"),
        ("2026 !!!", "und"),
        ("", "und"),
    ],
)
def test_a_language_is_known_by_script_and_letters(text: str, found: str) -> None:
    assert language(text, None) == found


@pytest.mark.parametrize(
    ("text", "said", "found"),
    [
        ("東京株式市場", "ja", "ja"),
        ("東京株式市場", "en", "zh"),
        ("코스피 상승", "en", "ko"),
        ("Samsung shares jump", "en-GB", "en"),
        ("Kurse steigen", "de", "de"),
        ("Samsung shares jump after record profit", "ko", "en"),
        ("Премьер-министр объявил", "ru", "ru"),
    ],
)
def test_what_the_sender_says_counts_where_letters_leave_a_doubt(
    text: str, said: str, found: str
) -> None:
    assert language(text, said) == found
