"""Bad requests to an XML-RPC gateway, and the answer that each must get."""

from __future__ import annotations

from tests.gateways.test_xmlrpc_reader import BILLION_LAUGHS, QUADRATIC
from tests.gateways.web import AT, asking, called, chunked, posted

LARGE = b" " * (2**20 + 1)
GOOD = called("multiply", 6, 7)
A_CALL = b"<methodCall><methodName>multiply</methodName></methodCall>"
BOMB = b'<!DOCTYPE b [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'

NO_XML = "the body is not XML"
NO_CALL = "the body is not a call of XML-RPC"
NO_CODE = "the body is in an encoding that cannot be read"
DOCTYPE = "the body has a DOCTYPE, which is not taken"
PARTS = f"{NO_CALL}: it must hold one <methodName> and then at most one <params>"
MEMBER = f"{NO_CALL}: a member must hold one <name> and then one <value>"


def struct(*members: str) -> str:
    """Return a struct of members that are written in XML."""
    return f"<struct>{''.join(members)}</struct>"


BODIES: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "the body is empty"),
    "space": (b"  \r\n ", f"{NO_XML}: no element found: line 2, column 1"),
    "no XML": (b"multiply 6 7", f"{NO_XML}: syntax error: line 1, column 0"),
    "JSON": (
        b'{"method": "multiply", "params": [6, 7]}',
        f"{NO_XML}: not well-formed (invalid token): line 1, column 0",
    ),
    "bytes that are no text": (bytes(range(256)), f"{NO_XML}: not well-formed (invalid token): line 1, column 0"),
    "zeros": (bytes(1000), f"{NO_XML}: not well-formed (invalid token): line 1, column 0"),
    "invalid UTF-8": (
        A_CALL.replace(b"multiply", b"\xff\xfe\xfa"),
        f"{NO_XML}: not well-formed (invalid token): line 1, column 24",
    ),
    "an unknown encoding": (b'<?xml version="1.0" encoding="klingon"?>' + A_CALL, NO_CODE),
    "a codec that is none of text": (b'<?xml version="1.0" encoding="hex"?>' + A_CALL, NO_CODE),
    "cut in the middle": (A_CALL[:30], f"{NO_XML}: no element found: line 1, column 30"),
    "an element that is not closed": (
        A_CALL.replace(b"</methodName>", b""),
        f"{NO_XML}: mismatched tag: line 1, column 34",
    ),
    "two documents": (A_CALL + A_CALL, f"{NO_XML}: junk after document element: line 1, column 58"),
    "a prefix that was never bound to a name, twice": (
        A_CALL.replace(b"methodCall>", b"a:b:>"),
        f"{NO_CALL}: it must begin with <methodCall>",
    ),
    "an entity nobody declared": (
        A_CALL.replace(b"multiply", b"&nbsp;"),
        f"{NO_XML}: undefined entity: line 1, column 24",
    ),
    "a character that XML has not": (
        A_CALL.replace(b"multiply", b"&#0;"),
        f"{NO_XML}: reference to invalid character number: line 1, column 24",
    ),
    "an entity that grows": (BOMB + A_CALL.replace(b"multiply", b"&b;"), DOCTYPE),
    "a file by entity": (b'<!DOCTYPE f [<!ENTITY f SYSTEM "file:///etc/passwd">]>' + A_CALL, DOCTYPE),
    "a DTD from elsewhere": (b'<!DOCTYPE f SYSTEM "http://127.0.0.1:9/f.dtd">' + A_CALL, DOCTYPE),
    "a DOCTYPE alone": (b"<!DOCTYPE methodCall>" + A_CALL, DOCTYPE),
    "HTML": (b"<html><body>hello</body></html>", f"{NO_CALL}: it must begin with <methodCall>"),
    "an answer": (b"<methodResponse><params/></methodResponse>", f"{NO_CALL}: it must begin with <methodCall>"),
    "a fault": (
        b"<methodCall><fault><value><string>x</string></value></fault></methodCall>",
        f"{NO_CALL}: <fault> must not stand in <methodCall>",
    ),
    "no method name": (b"<methodCall><params/></methodCall>", PARTS),
    "an empty method name": (asking(" "), f"{NO_CALL}: <methodName> is empty"),
    "two method names": (A_CALL.replace(b"</methodName>", b"</methodName><methodName>b</methodName>"), PARTS),
    "two lists of arguments": (A_CALL.replace(b"</methodCall>", b"<params/><params/></methodCall>"), PARTS),
    "arguments before the name": (b"<methodCall><params/><methodName>multiply</methodName></methodCall>", PARTS),
    "an argument without value": (
        A_CALL.replace(b"</methodCall>", b"<params><param/></params></methodCall>"),
        f"{NO_CALL}: <param> and <array> must hold one thing each",
    ),
    "an unknown type": (asking("echo", "<ints>6</ints>"), f"{NO_CALL}: <ints> must not stand in <value>"),
    "two types in a value": (
        asking("echo", "<int>6</int><int>7</int>"),
        f"{NO_CALL}: <value> holds more than one thing",
    ),
    "a value in a value": (asking("echo", "<value>6</value>"), f"{NO_CALL}: <value> must not stand in <value>"),
    "an int that is none": (asking("echo", "<int>six</int>"), f"{NO_CALL}: 'six' is not a whole number of 64 bits"),
    "an empty int": (asking("echo", "<int/>"), f"{NO_CALL}: '' is not a whole number of 64 bits"),
    "an int with underscores": (
        asking("echo", "<int>1_000</int>"),
        f"{NO_CALL}: '1_000' is not a whole number of 64 bits",
    ),
    "an int beyond 64 bits": (
        asking("echo", "<i8>9223372036854775808</i8>"),
        f"{NO_CALL}: '9223372036854775808' is not a whole number of 64 bits",
    ),
    "an int of a hundred thousand digits": (
        asking("echo", f"<int>{'9' * 100_000}</int>"),
        f"{NO_CALL}: '9999999999999999999999999999999999999999...' is not a whole number of 64 bits",
    ),
    "a double that is none": (asking("echo", "<double>1,5</double>"), f"{NO_CALL}: '1,5' is not a double"),
    "NaN": (asking("echo", "<double>NaN</double>"), f"{NO_CALL}: 'NaN' is not a double"),
    "infinity": (asking("echo", "<double>-Infinity</double>"), f"{NO_CALL}: '-Infinity' is not a double"),
    "a double too large": (asking("echo", "<double>1e999</double>"), f"{NO_CALL}: '1e999' is not a double"),
    "a boolean that is none": (asking("echo", "<boolean>yes</boolean>"), f"{NO_CALL}: 'yes' is not a boolean: 0 or 1"),
    "base64 that is none": (asking("echo", "<base64>a*b</base64>"), f"{NO_CALL}: 'a*b' is not base64"),
    "a date that is none": (
        asking("echo", "<dateTime.iso8601>20260231T00:00:00</dateTime.iso8601>"),
        f"{NO_CALL}: '20260231T00:00:00' is not a date and time such as 20260131T23:59:59",
    ),
    "a nil that is something": (asking("echo", "<nil>6</nil>"), f"{NO_CALL}: a nil must be empty"),
    "an array without data": (asking("echo", "<array/>"), f"{NO_CALL}: <param> and <array> must hold one thing each"),
    "an array of data twice": (
        asking("echo", "<array><data/><data/></array>"),
        f"{NO_CALL}: <array> holds more than one thing",
    ),
    "a member without value": (asking("echo", struct("<member><name>a</name></member>")), MEMBER),
    "a member without name": (asking("echo", struct("<member><value>a</value></member>")), MEMBER),
    "a member backwards": (asking("echo", struct("<member><value>a</value><name>a</name></member>")), MEMBER),
    "two members of one name": (
        asking("echo", struct(*["<member><name>a</name><value>a</value></member>"] * 2)),
        f"{NO_CALL}: a struct has two members 'a'",
    ),
    "a hundred arrays, one in another": (
        asking("echo", "<array><data><value>" * 100 + "</value></data></array>" * 100),
        f"{NO_CALL}: more than 64 arrays and structs stand one in another",
    ),
    "arrays that never end": (
        b"<methodCall><methodName>echo</methodName><params><param><value>" + b"<array><data><value>" * 50_000,
        f"{NO_CALL}: more than 64 arrays and structs stand one in another",
    ),
    "a billion laughs": (BILLION_LAUGHS, DOCTYPE),
    "one large entity, often": (QUADRATIC, DOCTYPE),
    "a parameter entity": (b'<!DOCTYPE a [<!ENTITY % p "x"> %p;]>' + A_CALL, DOCTYPE),
    "a DOCTYPE in UTF-16": ("<!DOCTYPE a>".encode("utf-16") + A_CALL.decode().encode("utf-16-le"), DOCTYPE),
    "a byte order mark alone": (b"\xef\xbb\xbf", f"{NO_XML}: no element found: line 1, column 1"),
    "a declaration that comes late": (
        b" <?xml version='1.0'?>" + A_CALL,
        f"{NO_XML}: XML or text declaration not at start of entity: line 1, column 1",
    ),
    "UTF-7": (b'<?xml version="1.0" encoding="utf-7"?>' + A_CALL, NO_CODE),
    "UTF-16 that calls itself UTF-8": (
        ('<?xml version="1.0" encoding="utf-8"?>' + A_CALL.decode()).encode("utf-16-le"),
        f"{NO_XML}: encoding specified in XML declaration is incorrect: line 1, column 30",
    ),
    "UTF-32": (A_CALL.decode().encode("utf-32-be"), f"{NO_XML}: not well-formed (invalid token): line 1, column 0"),
    "half a character": (
        asking("echo", "&#xD800;"),
        f"{NO_XML}: reference to invalid character number: line 1, column 63",
    ),
    "a control character": (asking("echo", "\x07"), f"{NO_XML}: not well-formed (invalid token): line 1, column 63"),
    "an i4 beyond 32 bits": (
        asking("echo", "<i4>2147483648</i4>"),
        f"{NO_CALL}: '2147483648' is not a whole number of 32 bits",
    ),
    "an i2 beyond 16 bits": (
        asking("echo", "<i2>-32769</i2>"),
        f"{NO_CALL}: '-32769' is not a whole number of 16 bits",
    ),
    "an i1 beyond 8 bits": (asking("echo", "<i1>128</i1>"), f"{NO_CALL}: '128' is not a whole number of 8 bits"),
    "an int with a point": (asking("echo", "<int>6.0</int>"), f"{NO_CALL}: '6.0' is not a whole number of 64 bits"),
    "an int in figures of another script": (
        asking("echo", "<int>\u0666</int>"),
        f"{NO_CALL}: '\u0666' is not a whole number of 64 bits",
    ),
    "a double in hexadecimal": (asking("echo", "<double>0x1p3</double>"), f"{NO_CALL}: '0x1p3' is not a double"),
    "an empty double": (asking("echo", "<double/>"), f"{NO_CALL}: '' is not a double"),
    "a boolean in words": (asking("echo", "<boolean>true</boolean>"), f"{NO_CALL}: 'true' is not a boolean: 0 or 1"),
    "base64 that was cut": (asking("echo", "<base64>aGVsbG8</base64>"), f"{NO_CALL}: 'aGVsbG8' is not base64"),
    "an empty date": (
        asking("echo", "<dateTime.iso8601/>"),
        f"{NO_CALL}: '' is not a date and time such as 20260131T23:59:59",
    ),
    "a type of another case": (asking("echo", "<Int>6</Int>"), f"{NO_CALL}: <Int> must not stand in <value>"),
    "a member in an array": (
        asking("echo", "<array><data><member/></data></array>"),
        f"{NO_CALL}: <member> must not stand in <data>",
    ),
    "a type inside text": (
        asking("echo", "<string>a<int>6</int></string>"),
        f"{NO_CALL}: <int> must not stand in <string>",
    ),
    "structs, one in another without end": (
        asking("echo", "<struct><member><name>a</name><value>" * 20_000),
        f"{NO_CALL}: more than 64 arrays and structs stand one in another",
    ),
}
"""Bodies that are no call, and the text of the fault 54 that answers each."""

TAKES = "multiply(x: Any, y: Any) takes 2 arguments"

CALLS: dict[str, tuple[bytes, int, str]] = {
    "an unknown method": (called("vanish"), 55, "service 'math' exports no method 'vanish'"),
    "a method in another case": (called("Multiply", 6, 7), 55, "service 'math' exports no method 'Multiply'"),
    "a method that Python has": (called("__init__"), 55, "service 'math' exports no method '__init__'"),
    "the name of the service before that of the method": (
        called("math.multiply", 6, 7),
        55,
        "service 'math' exports no method 'math.multiply'",
    ),
    "a name that is too long": (called("x" * 256), 55, f"no method has a name as long as '{'x' * 40}...'"),
    "no arguments": (called("multiply"), 56, f"{TAKES}, 0 came"),
    "too few arguments": (called("multiply", 6), 56, f"{TAKES}, 1 came"),
    "too many arguments": (called("multiply", 6, 7, 8), 56, f"{TAKES}, 3 came"),
    "help for no method": (called("system.methodHelp"), 56, "system.methodHelp takes 1 argument, not 0"),
    "several calls that are none": (called("system.multicall", 6), 56, "system.multicall takes an array of structs"),
    "a failure on purpose": (called("refuse", 1001, "Bad", "app", "why"), 1001, "app -- Bad\n\nwhy"),
    "a result that is no number": (called("multiply", 1e308, 10), 52, "result: XML-RPC cannot express inf"),
    "a result that is too large": (
        asking("multiply", f"<i8>{2**62}</i8>", "<int>4</int>"),
        52,
        "result: XML-RPC cannot express a whole number beyond 64 bits",
    ),
}
"""Calls that fail, and the fault that answers each."""

UNKNOWN = "no service of this name is shown here; is it running, and in the group or audience that is shown?\n"
BY_POST = "a service is called by POST\n"
NOT_XML = "the content type must be text/xml or application/xml\n"
MALFORMED = "what came is no request of HTTP/1.1, or an ambiguous one; see RFC 9112\n"
LONG_PATH = "the first line of a request may have 16384 bytes at most\n"
LONG_HEAD = "the head of a request may have 16384 bytes and 100 headers at most\n"
TOO_LARGE = "the body may have 1048576 bytes at most\n"

REQUESTS: dict[str, tuple[bytes, int, str]] = {
    "an unknown service": (posted(GOOD, path=f"{AT}/nobody"), 404, UNKNOWN),
    "GET of an unknown service": (f"GET {AT}/nobody HTTP/1.1\r\n\r\n".encode(), 404, UNKNOWN),
    "DELETE of an unknown service": (f"DELETE {AT}/nobody HTTP/1.1\r\n\r\n".encode(), 404, UNKNOWN),
    "an unknown service and a wrong content type": (
        posted(GOOD, "Content-Type: a/b", path=f"{AT}/nobody"),
        404,
        UNKNOWN,
    ),
    "an unknown service and too large a body": (posted(LARGE, path=f"{AT}/nobody"), 404, UNKNOWN),
    "another path": (posted(GOOD, path="/elsewhere/math"), 404, ""),
    "the mount itself": (posted(GOOD, path=AT), 404, UNKNOWN),
    "GET": (f"GET {AT}/math HTTP/1.1\r\n\r\n".encode(), 405, BY_POST),
    "HEAD": (f"HEAD {AT}/math HTTP/1.1\r\n\r\n".encode(), 405, ""),
    "PUT": (posted(GOOD).replace(b"POST", b"PUT"), 405, BY_POST),
    "a method nobody knows": (posted(GOOD).replace(b"POST", b"BREW"), 405, BY_POST),
    "post in small letters": (posted(GOOD).replace(b"POST", b"post"), 405, BY_POST),
    "GET with too large a body": (posted(LARGE).replace(b"POST", b"GET"), 405, BY_POST),
    "plain text": (posted(GOOD, "Content-Type: text/plain"), 400, NOT_XML),
    "JSON": (posted(b"{}", "Content-Type: application/json"), 400, NOT_XML),
    "a form": (posted(b"a=b", "Content-Type: application/x-www-form-urlencoded"), 400, NOT_XML),
    "two content types, of which one is wrong": (
        posted(GOOD, "Content-Type: text/xml", "Content-Type: a/b"),
        400,
        NOT_XML,
    ),
    "an empty content type": (posted(GOOD, "Content-Type:"), 400, NOT_XML),
    "a compressed body": (posted(GOOD, "Content-Encoding: gzip"), 415, "the content encoding must be identity\n"),
    "no length": (posted(GOOD, length=False), 400, "the body must come with a Content-Length, or in chunks\n"),
    "a length that is none": (posted(GOOD, "Content-Length: many", length=False), 400, MALFORMED),
    "a negative length": (posted(GOOD, "Content-Length: -1", length=False), 400, MALFORMED),
    "a length beyond all numbers": (posted(GOOD, f"Content-Length: {'9' * 5000}", length=False), 400, MALFORMED),
    "two lengths": (posted(GOOD, "Content-Length: 1"), 400, MALFORMED),
    "a length and chunks": (posted(GOOD, "Transfer-Encoding: chunked"), 400, MALFORMED),
    "an unknown transfer encoding": (posted(GOOD, "Transfer-Encoding: gzip", length=False), 400, MALFORMED),
    "chunks that are none": (posted(b"zz\r\n", "Transfer-Encoding: chunked", length=False), 400, MALFORMED),
    "a header that is none": (posted(GOOD, "this is no header"), 400, MALFORMED),
    "no HTTP": (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", 400, MALFORMED),
    "too long a path": (posted(GOOD, path=f"{AT}/{'m' * 20_000}"), 414, LONG_PATH),
    "too many headers": (posted(GOOD, *[f"X-{number}: y" for number in range(600)]), 431, LONG_HEAD),
    "too large a body": (posted(LARGE), 413, TOO_LARGE),
    "too large a body, announced": (posted(b"", "Content-Length: 99999999999", length=False), 413, TOO_LARGE),
    "too large a body in chunks": (
        posted(b"", "Transfer-Encoding: chunked", length=False) + chunked(*[b" " * 1000] * 1100),
        413,
        TOO_LARGE,
    ),
}
"""Requests that are refused before a body is looked at, with the status and the text of each answer."""
