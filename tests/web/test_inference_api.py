from collections.abc import Mapping

from httpx import ASGITransport, AsyncClient

from inference.kafka import Topics
from inference.serve.api import create_api
from inference.web.lanes import contracts


def well() -> Mapping[str, str | None]:
    return {"loop": None}


async def test_the_http_side_of_inference_lists_the_lanes_and_is_well() -> None:
    topics = Topics(requests_topics={"echo": "renamed"})
    app = create_api(contracts(topics), topics, well, well)
    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        cards = {card["lane"]: card for card in (await client.get("/lanes")).json()}
        assert (await client.get("/health")).status_code == 200
    assert cards["echo"]["topic"] == "renamed"
    assert cards["echo"]["result_type"] == "penstock.echo.answered.v1"
