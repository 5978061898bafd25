"""The page /docs: all of it comes from here, so that it shows where nothing else is in reach."""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import fastapi_offline
from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import FileResponse, HTMLResponse

from inference.web.guard.scopes import OPEN

_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_FOLDER = Path(fastapi_offline.__file__).parent / "static"
_SCRIPT, _STYLE = "swagger-ui-bundle.js", "swagger-ui.css"
_KEPT = {"Cache-Control": "max-age=86400"}
# Swagger UI would ask a service of its makers what they think of our openapi.json.
_ASK_NOBODY = {"validatorUrl": None}


def add_documentation(app: FastAPI) -> None:
    """Add the route /docs, and those of the script and the style that it needs."""
    # Where it lies behind a proxy is no matter: every address is relative to that of the page.
    page = get_swagger_ui_html(
        openapi_url=(app.openapi_url or "").lstrip("/"),
        title=app.title,
        swagger_js_url=f"docs/{_SCRIPT}",
        swagger_css_url=f"docs/{_STYLE}",
        swagger_favicon_url="data:,",
        swagger_ui_parameters=_ASK_NOBODY,
    )
    text = bytes(page.body).decode()
    headers = {"Content-Security-Policy": _policy(text)}

    @app.get("/docs", include_in_schema=False, dependencies=[OPEN])
    async def documentation() -> HTMLResponse:
        return HTMLResponse(text, headers=headers)

    _add_file(app, _SCRIPT)
    _add_file(app, _STYLE)


def _add_file(app: FastAPI, name: str) -> None:
    @app.get(f"/docs/{name}", include_in_schema=False, dependencies=[OPEN])
    async def file() -> FileResponse:
        return FileResponse(_FOLDER / name, headers=_KEPT)


def _policy(page: str) -> str:
    """The page's own script by its hash: it may run, and no other that got into the page."""
    hashes = [b64encode(sha256(text.encode()).digest()).decode() for text in _INLINE.findall(page)]
    scripts = " ".join(["'self'", *(f"'sha256-{one}'" for one in hashes)])
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self'; "
        "img-src data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
