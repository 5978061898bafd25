"""What a test needs of the machine."""

import os
from typing import NoReturn

import pytest


def do_without(reason: str) -> NoReturn:
    """On a laptop a test that lacks a server is passed over; under CI that is a failure."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
