"""The page /docs, with a policy that lets run what belongs to it and nothing else."""

import re
from base64 import b64encode
from hashlib import sha256

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse

from inference.web.guard.scopes import OPEN

_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_FROM = "https://cdn.jsdelivr.net"


def add_documentation(app: FastAPI) -> None:
    """Add the route /docs."""
    page = get_swagger_ui_html(
        openapi_url=app.openapi_url or "", title=app.title, swagger_favicon_url="data:,"
    )
    text = bytes(page.body).decode()
    headers = {"Content-Security-Policy": _policy(text)}

    @app.get("/docs", include_in_schema=False, dependencies=[OPEN])
    async def documentation() -> HTMLResponse:
        return HTMLResponse(text, headers=headers)


def _policy(page: str) -> str:
    """The page's own script by its hash: it may run, and no other that got into the page."""
    hashes = [b64encode(sha256(text.encode()).digest()).decode() for text in _INLINE.findall(page)]
    scripts = " ".join([_FROM, *(f"'sha256-{one}'" for one in hashes)])
    return (
        f"default-src 'none'; script-src {scripts}; style-src {_FROM} 'unsafe-inline'; "
        "img-src data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
