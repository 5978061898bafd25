from rich.console import Console

from inference import lanes
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
        console.print(
            samples.table("title", asked, {"q1": ROW}, lanes.headline("image-classification"))
        )
    return captured.get()


def test_an_answer_is_shown_with_its_labels_model_and_time() -> None:
    said = shown(Sent("q1", "leaf.jpg"))
    line = next(line for line in said.splitlines() if "leaf.jpg" in line)
    for part in ("rust", "0.93", "full (cached)", "12 ms"):
        assert part in line
    assert "leaves 1" in said


def test_a_sample_without_an_answer_is_shown_too() -> None:
    assert "not yet" in shown(Sent("q2", "leaf.jpg"))


def test_an_answer_of_a_lane_without_a_headline_is_shown_as_it_is() -> None:
    assert lanes.headline("echo")({"text": "hello"}) == ('{"text": "hello"}', "")


def test_the_image_lanes_samples_are_shown_first() -> None:
    assert samples.ordered(["a", "image-classification", "b"])[0] == "image-classification"


def test_results_are_found_on_a_page_of_the_consumer() -> None:
    assert samples.rows(b'{"results": [{"request": {"id": "q1"}}], "next": null}') == [
        {"request": {"id": "q1"}}
    ]
    assert samples.identity(ROW) == "q1"


def test_a_process_that_is_not_ready_is_quoted() -> None:
    body = b'{"status": "failing", "checks": {"broker": "no connection", "model": null}}'
    assert probes.wrong(body) == "no connection"
    assert probes.wrong(b"<html>") == "not ready"
