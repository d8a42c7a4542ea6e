"""Bad requests to a JSON-RPC gateway, and the answer that each must get."""

from __future__ import annotations

import sys

from tests.gateways.jsonweb import MULTIPLY, raw
from tests.gateways.web import AT, chunked, posted

LARGE = b" " * (2**20 + 1)
HEAD = b'{"jsonrpc": "2.0", "id": 1, "method": "echo", "params": '

NOT_JSON = "the body is not JSON"
NOT_UTF8 = "the body is not UTF-8"
COMMA = (
    "Expecting value, at line 1 column 51"
    if sys.version_info < (3, 13)
    else "Illegal trailing comma before end of array, at line 1 column 50"
)
HALF = "a text holds one half of a character, written as \\u escape"
TOO_DEEP = "more than 64 arrays and objects stand one in another"
TOO_LONG = "a number has more than 400 digits"
OBJECT = "a request must be an object"
MALFORMED = "what came is no request of HTTP/1.1, or an ambiguous one; see RFC 9112\n"
VERSION = "'jsonrpc' must be \"2.0\""
METHOD = "'method' must be a text"
PARAMETERS = "'params' must be an array or an object"
ID = "'id' must be a text, a number or null"

Body = tuple[bytes, int | None, str]
"""What is posted, the id of the answer, and what it says."""

UNREAD: dict[str, Body] = {
    "nothing": (b"", None, "the body is empty"),
    "space": (b"  \r\n ", None, f"{NOT_JSON}: Expecting value, at line 2 column 2"),
    "no JSON": (b"multiply 6 7", None, f"{NOT_JSON}: Expecting value, at line 1 column 1"),
    "XML": (
        b"<methodCall><methodName>multiply</methodName></methodCall>",
        None,
        f"{NOT_JSON}: Expecting value, at line 1 column 1",
    ),
    "bytes that are no text": (bytes(range(256)), None, f"{NOT_UTF8}: byte 128 is none of it"),
    "zeros": (bytes(1000), None, f"{NOT_JSON}: Expecting value, at line 1 column 1"),
    "invalid UTF-8 in a text": (
        raw("echo", '["?"]').replace(b"?", b"\xff\xfe"),
        None,
        f"{NOT_UTF8}: byte 49 is none of it",
    ),
    "a surrogate in UTF-8": (
        raw("echo", '["?"]').replace(b"?", b"\xed\xa0\x80"),
        None,
        f"{NOT_UTF8}: byte 49 is none of it",
    ),
    "a surrogate as an escape": (raw("echo", r'["\ud800"]'), None, HALF),
    "a surrogate in a name": (raw("echo", r'[{"\udfff": 1}]'), None, HALF),
    "a surrogate in the id": (rb'{"jsonrpc": "2.0", "method": "who", "id": "\ud800"}', None, HALF),
    "UTF-16": (MULTIPLY.decode().encode("utf-16"), None, f"{NOT_UTF8}: byte 0 is none of it"),
    "UTF-8 with a mark before": (
        b"\xef\xbb\xbf" + MULTIPLY,
        None,
        "the body begins with a byte order mark, which JSON does not have",
    ),
    "cut in the middle": (MULTIPLY[:30], None, f"{NOT_JSON}: Unterminated string starting at, at line 1 column 30"),
    "two documents": (MULTIPLY + MULTIPLY, None, f"{NOT_JSON}: Extra data, at line 1 column 68"),
    "a comment": (MULTIPLY + b" // please", None, f"{NOT_JSON}: Extra data, at line 1 column 69"),
    "a comma too many": (raw("echo", "[1,]"), None, f"{NOT_JSON}: {COMMA}"),
    "single quotes": (
        MULTIPLY.replace(b'"', b"'"),
        None,
        f"{NOT_JSON}: Expecting property name enclosed in double quotes, at line 1 column 2",
    ),
    "names without quotes": (
        b"{jsonrpc: 2.0}",
        None,
        f"{NOT_JSON}: Expecting property name enclosed in double quotes, at line 1 column 2",
    ),
    "a line end in a text": (
        raw("echo", '["a\nb"]'),
        None,
        f"{NOT_JSON}: Invalid control character at, at line 1 column 51",
    ),
    "an unknown escape": (raw("echo", r'["\x41"]'), None, f"{NOT_JSON}: Invalid \\escape, at line 1 column 50"),
    "NaN": (raw("echo", "[NaN]"), None, f"{NOT_JSON}: NaN is no number of it"),
    "infinity": (raw("echo", "[Infinity]"), None, f"{NOT_JSON}: Infinity is no number of it"),
    "negative infinity": (raw("echo", "[-Infinity]"), None, f"{NOT_JSON}: -Infinity is no number of it"),
    "NaN as the id": (b'{"jsonrpc": "2.0", "method": "who", "id": NaN}', None, f"{NOT_JSON}: NaN is no number of it"),
    "a number too large": (
        raw("echo", "[1e999]"),
        None,
        "'1e999' is too large for a number with a fraction or exponent",
    ),
    "a number that begins with zero": (
        raw("echo", "[007]"),
        None,
        f"{NOT_JSON}: Expecting ',' delimiter, at line 1 column 50",
    ),
    "a number with a plus": (raw("echo", "[+7]"), None, f"{NOT_JSON}: Expecting value, at line 1 column 49"),
    "a hexadecimal number": (raw("echo", "[0x1F]"), None, f"{NOT_JSON}: Expecting ',' delimiter, at line 1 column 50"),
    "a whole number of a hundred thousand digits": (raw("echo", f"[{'9' * 100_000}]"), None, TOO_LONG),
    "a fraction of a hundred thousand digits": (raw("echo", f"[0.{'9' * 100_000}]"), None, TOO_LONG),
    "two members of one name": (
        b'{"jsonrpc": "2.0", "method": "who", "method": "slow", "id": 1}',
        None,
        "an object has two members 'method'",
    ),
    "two ids": (b'{"jsonrpc": "2.0", "method": "who", "id": 1, "id": 2}', None, "an object has two members 'id'"),
    "two members of one name, deep inside": (
        raw("echo", '[[{"a": 1, "\\u0061": 2}]]'),
        None,
        "an object has two members 'a'",
    ),
    "a hundred arrays, one in another": (raw("echo", "[" * 100 + "]" * 100), None, TOO_DEEP),
    "a hundred objects, one in another": (raw("echo", "[" + '{"a":' * 100 + "1" + "}" * 100 + "]"), None, TOO_DEEP),
    "arrays that never end": (HEAD + b"[" * 500_000, None, TOO_DEEP),
    "half a million arrays, one in another": (b"[" * 500_000 + b"]" * 500_000, None, TOO_DEEP),
    "UTF-32": (MULTIPLY.decode().encode("utf-32"), None, f"{NOT_UTF8}: byte 0 is none of it"),
    "Latin-1": (raw("echo", '["ä"]').decode().encode("latin-1"), None, f"{NOT_UTF8}: byte 49 is none of it"),
    "1e400": (raw("echo", "[1e400]"), None, "'1e400' is too large for a number with a fraction or exponent"),
    "1e400 as the id": (
        b'{"jsonrpc": "2.0", "method": "who", "id": 1e400}',
        None,
        "'1e400' is too large for a number with a fraction or exponent",
    ),
    "a character that is no space": (b"\x00" + MULTIPLY, None, f"{NOT_JSON}: Expecting value, at line 1 column 1"),
    "a byte that goes on with nothing": (
        raw("echo", '["?"]').replace(b"?", b"\x80"),
        None,
        f"{NOT_UTF8}: byte 49 is none of it",
    ),
    "half of a batch": (b"[" + MULTIPLY + b",", None, f"{NOT_JSON}: Expecting value, at line 1 column 70"),
}
"""Bodies that are no JSON, or none that is taken: -32700, Parse error, error 54."""

INVALID: dict[str, Body] = {
    "a number alone": (b"5", None, OBJECT),
    "a text alone": (b'"multiply"', None, OBJECT),
    "null": (b"null", None, OBJECT),
    "an empty object": (b"{}", None, VERSION),
    "an empty batch": (b"[]", None, "a batch must hold 1 to 100 requests, not 0"),
    "a batch of too many": (
        b"[" + b",".join([MULTIPLY] * 101) + b"]",
        None,
        "a batch must hold 1 to 100 requests, not 101",
    ),
    "an answer": (b'{"jsonrpc": "2.0", "result": 42, "id": 1}', 1, METHOD),
    "no version, no id": (b'{"method": "multiply", "params": [6, 7]}', None, VERSION),
    "another version": (MULTIPLY.replace(b'"2.0"', b'"1.1"'), 1, VERSION),
    "a version that is a number": (MULTIPLY.replace(b'"2.0"', b"2.0"), 1, VERSION),
    "no method": (b'{"jsonrpc": "2.0", "params": [], "id": 1}', 1, METHOD),
    "a method that is a number": (b'{"jsonrpc": "2.0", "method": 5, "id": 1}', 1, METHOD),
    "a method that is null": (b'{"jsonrpc": "2.0", "method": null, "id": 1}', 1, METHOD),
    "params that are a text": (raw("echo", '"hello"'), 1, PARAMETERS),
    "params that are a number": (raw("echo", "5"), 1, PARAMETERS),
    "params that are null": (raw("echo", "null"), 1, PARAMETERS),
    "an id that is an array": (b'{"jsonrpc": "2.0", "method": "who", "id": []}', None, ID),
    "an id that is an object": (b'{"jsonrpc": "2.0", "method": "who", "id": {}}', None, ID),
    "an id that is true": (b'{"jsonrpc": "2.0", "method": "who", "id": true}', None, ID),
    "a batch in a batch": (b"[[]]", None, OBJECT),
    "a method with another name of its own": (b'{"jsonrpc": "2.0", "Method": "who", "id": 1}', 1, METHOD),
    "a method that is an object": (b'{"jsonrpc": "2.0", "method": {"name": "who"}, "id": 1}', 1, METHOD),
    "a method that is true": (b'{"jsonrpc": "2.0", "method": true, "id": 1}', 1, METHOD),
    "a version that is null": (b'{"jsonrpc": null, "method": "who", "id": 1}', 1, VERSION),
    "a version with a space": (b'{"jsonrpc": "2.0 ", "method": "who", "id": 1}', 1, VERSION),
    "params that are true": (raw("echo", "true"), 1, PARAMETERS),
    "an id that is false": (b'{"jsonrpc": "2.0", "method": "who", "id": false}', None, ID),
    "an id that is an array, in a batch": (b'[{"jsonrpc": "2.0", "method": "who", "id": [1]}]', None, ID),
}
"""Bodies that are JSON, and no request: -32600, Invalid Request, error 54."""

UNKNOWN: dict[str, Body] = {
    "an unknown method": (raw("vanish", "[]"), 1, "service 'math' exports no method 'vanish'"),
    "a method name of half a million letters": (
        raw("m" * 500_000, "[]"),
        1,
        "there is no method 'mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm...'",
    ),
    "an empty method name": (raw("", "[]"), 1, "there is no method ''"),
    "a name of JSON-RPC's own": (
        raw("rpc.list", "[]"),
        1,
        "there is no method 'rpc.list'; of its own, JSON-RPC has rpc.discover alone",
    ),
    "a private name": (raw("_owed", "[]"), 1, "service 'math' exports no method '_owed'"),
    "half of a name with dots": (raw("plant.line", "[]"), 1, "service 'math' exports no method 'plant.line'"),
}
"""Requests for methods that there are not: -32601, Method not found, error 55."""

UNFIT: dict[str, Body] = {
    "too few arguments": (raw("multiply", "[6]"), 1, "multiply(x: Any, y: Any) takes 2 arguments, 1 came"),
    "too many arguments": (raw("multiply", "[6, 7, 8]"), 1, "multiply(x: Any, y: Any) takes 2 arguments, 3 came"),
    "a name of an argument that there is not": (
        raw("multiply", '{"x": 6, "z": 7}'),
        1,
        "multiply(x: Any, y: Any) does not take these arguments: missing a required argument: 'y'",
    ),
    "a document with arguments": (raw("rpc.discover", "[1]"), 1, "rpc.discover takes no arguments"),
    "an argument by place and by name": (
        raw("multiply", '{"0": 6, "y": 7}'),
        1,
        "multiply(x: Any, y: Any) does not take these arguments: missing a required argument: 'x'",
    ),
}
"""Requests with arguments that are not taken: -32602, Invalid params, error 56."""

BODIES = {
    **{case: (*bad, -32700, "Parse error", 54) for case, bad in UNREAD.items()},
    **{case: (*bad, -32600, "Invalid Request", 54) for case, bad in INVALID.items()},
    **{case: (*bad, -32601, "Method not found", 55) for case, bad in UNKNOWN.items()},
    **{case: (*bad, -32602, "Invalid params", 56) for case, bad in UNFIT.items()},
}
"""All of them, each with code and message of the answer, and the number of the error."""

BATCHES = frozenset({"a batch in a batch", "an id that is an array, in a batch"})
"""Those of which the answer is one of a batch."""

OLD: dict[str, Body] = {
    "names in the older form": (
        b'{"method": "multiply", "params": {"x": 6, "y": 7}, "id": 1}',
        1,
        "'params' must be an array",
    ),
    "no params in the older form": (b'{"method": "who", "id": 1}', 1, "'params' must be an array"),
    "params that are null in the older form": (
        b'{"method": "who", "params": null, "id": 1}',
        1,
        "'params' must be an array",
    ),
    "a method that is a number in the older form": (b'{"method": 5, "params": [], "id": 1}', 1, METHOD),
    "an id that is an array in the older form": (b'{"method": "who", "params": [], "id": []}', None, ID),
}
"""Bodies that are nearly requests of the form 1.0, and are answered in it, with error 54."""

GONE = "no service of this name is shown here; is it running, and in the group or audience that is shown?\n"
BY_POST = "a service is called by POST\n"
MEDIA = "the content type must be application/json or application/json-rpc or application/jsonrequest\n"
CODING = "the content encoding must be identity\n"
NO_LENGTH = "the body must come with a Content-Length, or in chunks\n"
TOO_LARGE = "the body may have 1048576 bytes at most\n"
FOREIGN = "pages of this origin may not call here; the gateway's origins name those that may\n"

REQUESTS: dict[str, tuple[bytes, int, str]] = {
    "an unknown service": (posted(MULTIPLY, path=f"{AT}/nobody"), 404, GONE),
    "GET of an unknown service": (f"GET {AT}/nobody HTTP/1.1\r\n\r\n".encode(), 404, GONE),
    "an unknown service and a wrong content type": (
        posted(MULTIPLY, "Content-Type: a/b", path=f"{AT}/nobody"),
        404,
        GONE,
    ),
    "an unknown service and too large a body": (posted(LARGE, path=f"{AT}/nobody"), 404, GONE),
    "the mount itself": (posted(MULTIPLY, path=AT), 404, GONE),
    "a name with a slash too many": (posted(MULTIPLY, path=f"{AT}/math/"), 404, GONE),
    "a name that is no text": (posted(MULTIPLY, path=f"{AT}/%ff"), 404, GONE),
    "GET": (f"GET {AT}/math HTTP/1.1\r\n\r\n".encode(), 405, BY_POST),
    "HEAD": (f"HEAD {AT}/math HTTP/1.1\r\n\r\n".encode(), 405, ""),
    "PUT": (posted(MULTIPLY).replace(b"POST", b"PUT", 1), 405, BY_POST),
    "DELETE": (posted(MULTIPLY).replace(b"POST", b"DELETE", 1), 405, BY_POST),
    "a method nobody knows": (posted(MULTIPLY).replace(b"POST", b"BREW", 1), 405, BY_POST),
    "plain text": (posted(MULTIPLY, "Content-Type: text/plain"), 400, MEDIA),
    "XML": (posted(MULTIPLY, "Content-Type: text/xml"), 400, MEDIA),
    "JSON as text": (posted(MULTIPLY, "Content-Type: text/json"), 400, MEDIA),
    "a form": (posted(MULTIPLY, "Content-Type: application/x-www-form-urlencoded"), 400, MEDIA),
    "several parts": (posted(MULTIPLY, "Content-Type: multipart/form-data; boundary=x"), 400, MEDIA),
    "JSON and something else": (
        posted(MULTIPLY, "Content-Type: application/json", "Content-Type: a/b"),
        400,
        MEDIA,
    ),
    "an empty content type": (posted(MULTIPLY, "Content-Type:"), 400, MEDIA),
    "a page of another site": (posted(MULTIPLY, "Origin: http://evil.example"), 403, FOREIGN),
    "a compressed body": (posted(MULTIPLY, "Content-Encoding: gzip"), 415, CODING),
    "no length": (posted(MULTIPLY, length=False), 400, NO_LENGTH),
    "a length that is none": (posted(MULTIPLY, "Content-Length: many", length=False), 400, MALFORMED),
    "a negative length": (posted(MULTIPLY, "Content-Length: -1", length=False), 400, MALFORMED),
    "two lengths": (posted(MULTIPLY, "Content-Length: 1"), 400, MALFORMED),
    "a length and chunks": (posted(MULTIPLY, "Transfer-Encoding: chunked"), 400, MALFORMED),
    "chunks that are none": (posted(b"zz\r\n", "Transfer-Encoding: chunked", length=False), 400, MALFORMED),
    "a header that is none": (posted(MULTIPLY, "this is no header"), 400, MALFORMED),
    "no HTTP": (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", 400, MALFORMED),
    "too large a body": (posted(LARGE), 413, TOO_LARGE),
    "too large a body, announced": (posted(b"", "Content-Length: 99999999999", length=False), 413, TOO_LARGE),
    "too large a body in chunks": (
        posted(b"", "Transfer-Encoding: chunked", length=False) + chunked(*[b" " * 1000] * 1100),
        413,
        TOO_LARGE,
    ),
}
"""Requests that are refused before a body is looked at, with the status and the text of each answer."""
