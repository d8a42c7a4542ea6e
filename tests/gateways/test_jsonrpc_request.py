"""One request: what it asks for, and in which form."""

from __future__ import annotations

from typing import Any

import pytest

from exchange.gateways.jsonrpc_request import Asked, Form, Invalid, read_request

TWO: dict[str, Any] = {"jsonrpc": "2.0", "method": "multiply", "id": 1}
ONE: dict[str, Any] = {"method": "multiply", "params": [6, 7], "id": 1}


@pytest.mark.parametrize(
    ("data", "asked"),
    [
        (TWO, Asked("multiply", [], {}, 1, Form.TWO)),
        ({**TWO, "params": [6, 7]}, Asked("multiply", [6, 7], {}, 1, Form.TWO)),
        ({**TWO, "params": {"x": 6}}, Asked("multiply", [], {"x": 6}, 1, Form.TWO)),
        ({**TWO, "id": None}, Asked("multiply", [], {}, None, Form.TWO)),
        ({**TWO, "more": 5}, Asked("multiply", [], {}, 1, Form.TWO)),
        ({"jsonrpc": "2.0", "method": "go"}, Asked("go", [], {}, None, Form.TWO, wants_answer=False)),
        (ONE, Asked("multiply", [6, 7], {}, 1, Form.ONE)),
        ({**ONE, "id": None}, Asked("multiply", [6, 7], {}, None, Form.ONE)),
    ],
)
def test_a_request_says_what_it_asks_for(data: Any, asked: Asked) -> None:
    assert read_request(data) == asked


@pytest.mark.parametrize(
    ("data", "text", "known_by", "form"),
    [
        ([], "a request must be an object", None, Form.TWO),
        ({}, "'jsonrpc' must be \"2.0\"", None, Form.TWO),
        ({**TWO, "jsonrpc": 2.0}, "'jsonrpc' must be \"2.0\"", 1, Form.TWO),
        ({**TWO, "method": 5}, "'method' must be a text", 1, Form.TWO),
        ({**TWO, "params": 5}, "'params' must be an array or an object", 1, Form.TWO),
        ({**TWO, "id": True}, "'id' must be a text, a number or null", None, Form.TWO),
        ({**TWO, "id": []}, "'id' must be a text, a number or null", None, Form.TWO),
        ({"id": 1, "params": []}, "'jsonrpc' must be \"2.0\"", 1, Form.TWO),
        ({**ONE, "method": 5}, "'method' must be a text", 1, Form.ONE),
        ({**ONE, "params": {}}, "'params' must be an array", 1, Form.ONE),
        ({**ONE, "id": {}}, "'id' must be a text, a number or null", None, Form.ONE),
    ],
)
def test_what_is_none_is_told_with_the_id_if_there_is_one(data: Any, text: str, known_by: Any, form: Form) -> None:
    with pytest.raises(Invalid) as caught:
        read_request(data)

    assert (str(caught.value), caught.value.id, caught.value.form) == (text, known_by, form)


def test_a_part_of_a_batch_is_never_of_the_old_form() -> None:
    with pytest.raises(Invalid):
        read_request(ONE, alone=False)
