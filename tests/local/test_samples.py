from rich.console import Console

from local import probes, samples
from local.samples import Sent

ROW = {
    "request": {"id": "q1"},
    "answered_by": "full",
    "from_cache": True,
    "model": {"name": "leaves", "version": "1"},
    "stages": {"waiting": 0.002, "full": 0.01},
    "answer": {"predictions": [{"label": "rust", "score": 0.93}, {"label": "scab", "score": 0.05}]},
}


def shown(*asked: Sent) -> str:
    console = Console(width=120)
    with console.capture() as captured:
        console.print(samples.table("title", asked, {"q1": ROW}))
    return captured.get()


def test_an_answer_is_shown_with_its_labels_model_and_time() -> None:
    said = shown(Sent("q1", "leaf.jpg"))
    line = next(line for line in said.splitlines() if "leaf.jpg" in line)
    for part in ("rust", "0.93", "full (cached)", "12 ms"):
        assert part in line
    assert "leaves 1" in said


def test_a_sample_without_an_answer_is_shown_too() -> None:
    assert "not yet" in shown(Sent("q2", "leaf.jpg"))


def test_an_answer_of_an_unknown_lane_is_shown_as_it_is() -> None:
    assert samples.answer({"text": "hello"}) == ('{"text": "hello"}', "")


def test_the_image_lane_is_the_one_whose_samples_are_sent() -> None:
    assert samples.chosen(["a", "image-classification"]) == "image-classification"
    assert samples.chosen(["a", "b"]) == "a"
    assert samples.chosen([]) is None


def test_results_are_found_on_a_page_of_the_consumer() -> None:
    assert samples.rows(b'{"results": [{"request": {"id": "q1"}}], "next": null}') == [
        {"request": {"id": "q1"}}
    ]
    assert samples.identity(ROW) == "q1"


def test_a_process_that_is_not_ready_is_quoted() -> None:
    body = b'{"status": "failing", "checks": {"broker": "no connection", "model": null}}'
    assert probes.wrong(body) == "no connection"
    assert probes.wrong(b"<html>") == "not ready"
