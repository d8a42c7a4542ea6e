"""What both sides of an examination say to each other."""

from __future__ import annotations

import pytest

from exchange import ConfigurationError
from exchange.net.examination import Denied, check_principal


@pytest.mark.parametrize("principal", ["press", "ümit", "p" * 255])
def test_a_principal_is_a_text_that_can_be_printed(principal: str) -> None:
    check_principal(principal)


@pytest.mark.parametrize("principal", ["", "a\nb", "p" * 256])
def test_what_is_no_principal_is_refused(principal: str) -> None:
    with pytest.raises(ConfigurationError, match="no principal"):
        check_principal(principal)


def test_a_denial_tells_nobody_what_was_wrong() -> None:
    assert Denied().text == "these credentials are not right"
