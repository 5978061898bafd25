import resource

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opened import Opened

import graphs
from inference.contract import Content, Reason, Rejection
from inference.lanes.image_classification.answers import Limits
from inference.lanes.image_classification.classifier import Classifier
from inference.lanes.image_classification.contract import EncodedImage, ImageClassified, read
from pictures import encoded, lying, plain, png_bomb

GOOD = {
    "red": EncodedImage(encoded(plain((200, 30, 30))), "JPEG"),
    "green": EncodedImage(encoded(plain((30, 200, 30)), "PNG"), "PNG"),
    "blue": EncodedImage(encoded(plain((30, 30, 200)), "WEBP"), "WEBP"),
}
HOSTILE = [
    EncodedImage(GOOD["red"].data[:300], "JPEG"),
    EncodedImage(lying(30_000, 30_000), "JPEG"),
    EncodedImage(png_bomb(8_000), "PNG"),
    EncodedImage(b"GIF89a=1;alert(1)//", "GIF"),
]
PREFIXES = [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\0\0\0\0WEBPVP8 "]

# As in the programs: the runner puts its own filters in place of theirs.
pytestmark = pytest.mark.filterwarnings(r"ignore:::PIL\.")


def answers(classifier: Classifier, images: list[EncodedImage]) -> list[ImageClassified]:
    outcomes = classifier.classify(images)
    assert all(isinstance(outcome, ImageClassified) for outcome in outcomes)
    return [outcome for outcome in outcomes if isinstance(outcome, ImageClassified)]


def test_every_image_gets_its_own_labels_best_first(classifier: Classifier) -> None:
    given = answers(classifier, list(GOOD.values()))
    assert [answer.predictions[0].label for answer in given] == list(GOOD)
    for answer in given:
        found = [prediction.score for prediction in answer.predictions]
        assert found == sorted(found, reverse=True)
        assert sum(found) == pytest.approx(1, abs=1e-5)
        assert (answer.width, answer.height) == (64, 48)


@pytest.mark.parametrize("bad", HOSTILE)
def test_a_hostile_file_is_rejected_and_its_neighbours_are_answered(
    classifier: Classifier, bad: EncodedImage
) -> None:
    first, rejected, last = classifier.classify([GOOD["red"], bad, GOOD["blue"]])
    assert isinstance(rejected, Rejection)
    assert rejected.reason in {Reason.MALFORMED, Reason.REFUSED}
    assert [first, last] == answers(classifier, [GOOD["red"], GOOD["blue"]])


def test_a_batch_of_which_nothing_is_left_is_no_failure(classifier: Classifier) -> None:
    assert all(isinstance(outcome, Rejection) for outcome in classifier.classify(HOSTILE))
    assert classifier.classify([]) == []


def test_hostile_files_take_no_memory_to_speak_of(classifier: Classifier) -> None:
    classifier.classify([*HOSTILE, GOOD["red"]])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    classifier.classify([*HOSTILE, GOOD["red"]] * 10)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024


def test_a_very_long_picture_takes_no_more_than_another_one(opened: Opened) -> None:
    preprocess = {"resize": {"mode": "shortest_edge", "size": 20}, "crop": 16}
    thread = encoded(plain((30, 200, 30), (60_000, 1)), "PNG")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    (answer,) = answers(opened(preprocess=preprocess), [EncodedImage(thread, "PNG")])
    assert answer.predictions[0].label == "green"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024


def test_equal_scores_come_in_the_order_of_the_models_list(classifier: Classifier) -> None:
    grey = EncodedImage(encoded(plain((90, 90, 90)), "PNG"), "PNG")
    (answer,) = answers(classifier, [grey])
    assert [prediction.index for prediction in answer.predictions] == [0, 1, 2]


def test_an_answer_has_no_more_labels_than_asked_for(opened: Opened) -> None:
    (answer,) = answers(opened(limits=Limits(2, 0.0, 10**6)), [GOOD["red"]])
    assert len(answer.predictions) == 2


@pytest.mark.parametrize(
    ("min_score", "threshold", "low"), [(0.0, None, 0), (0.9, None, 1), (0, 0.9, 1)]
)
def test_an_answer_says_when_its_best_score_is_too_low(
    opened: Opened, min_score: float, threshold: float | None, low: int
) -> None:
    output = {"activation": "softmax"} | ({"threshold": threshold} if threshold else {})
    classifier = opened(limits=Limits(5, min_score, 10**6), output=output)
    assert answers(classifier, [GOOD["red"]])[0].below_threshold == bool(low)


@pytest.mark.parametrize(
    ("activation", "score"), [("softmax", 0.5), ("sigmoid", 0.7310586), ("none", 1.0)]
)
def test_scores_come_about_as_the_description_says(
    opened: Opened, activation: str, score: float
) -> None:
    classifier = opened(output={"activation": activation}, disclaimer="for the tests")
    white = EncodedImage(encoded(plain((255, 255, 255)), "PNG"), "PNG")
    (answer,) = answers(classifier, [white])
    expected = 1 / 3 if activation == "softmax" else score
    assert answer.predictions[0].score == pytest.approx(expected, abs=1e-5)
    assert (answer.activation, answer.disclaimer) == (activation, "for the tests")


@pytest.mark.parametrize("factor", [float("nan"), float("inf"), float("-inf")])
def test_scores_that_are_no_numbers_are_the_models_fault(opened: Opened, factor: float) -> None:
    classifier = opened(graphs.channel_means(factor=factor))
    with pytest.raises(ArithmeticError, match="not finite"):
        classifier.classify([GOOD["red"]])


@settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(values=st.lists(st.tuples(st.sampled_from([*PREFIXES, b""]), st.binary()), max_size=5))
def test_any_bytes_get_one_outcome_each_and_nothing_is_raised(
    classifier: Classifier, values: list[tuple[bytes, bytes]]
) -> None:
    readings = [read(Content(prefix + rest, None)) for prefix, rest in values]
    questions = [reading for reading in readings if isinstance(reading, EncodedImage)]
    assert len(classifier.classify(questions)) == len(questions)


@settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.sampled_from(list(GOOD)), st.lists(st.tuples(st.integers(0, 800), st.binary(max_size=3))))
def test_a_spoiled_image_gets_an_outcome_and_nothing_is_raised(
    classifier: Classifier, name: str, spoiled: list[tuple[int, bytes]]
) -> None:
    data = bytearray(GOOD[name].data)
    for place, content in spoiled:
        data[place : place + len(content)] = content
    assert len(classifier.classify([EncodedImage(bytes(data), GOOD[name].format)])) == 1
