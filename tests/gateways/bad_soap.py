"""Bad requests of SOAP, and some odd ones that are good, with the answer that each must get."""

# ruff: noqa: E501  (it is a table)

from __future__ import annotations

from typing import NamedTuple

from tests.gateways.soap_web import ONE, SOAP, SOAP_XML, TEXT_XML, TWO, enveloped
from tests.gateways.web import chunked, posted

MAX_BODY = 2**20
ADD = "<add><x>2</x><y>3</y></add>"
AT = f"{SOAP}/plant"
EMPTY = "POST {path} HTTP/1.1\r\nHost: here\r\n{headers}\r\n\r\n"
ONE_ENVELOPE = "the Envelope must hold one Header at most, then one Body, and nothing else"
MUST = 's:mustUnderstand="1"'
NOT_XML = "the body is not XML: "
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
KIND = "the content type must be text/xml or application/soap+xml or application/xml"


class Bad(NamedTuple):
    """A request, and what comes back.

    Attributes:
        code: Of the fault; empty if the answer is none.
        number: Of the error; empty if there is no detail.
        says: The text of the fault, or of the refusal; or that of the result. Three dots at its end are anything.
    """

    title: str
    request: bytes
    status: int
    code: str
    number: str
    says: str


def refused(title: str, request: bytes, status: int, says: str) -> Bad:
    """Return a request that is refused before its body is looked at."""
    return Bad(title, request, status, "", "", says)


def taken(title: str, body: bytes, *headers: str, says: str = "5") -> Bad:
    """Return a request that is good."""
    return Bad(title, posted(body, *(headers or (TEXT_XML,)), path=AT), 200, "", "", says)


def raw(title: str, body: bytes | str, says: str, *headers: str, code: str = "Client", number: str = "54") -> Bad:
    """Return a request whose body is no envelope that is taken."""
    body = body.encode() if isinstance(body, str) else body
    status = 400 if code == "Sender" else 500
    return Bad(title, posted(body, *(headers or (TEXT_XML,)), path=AT), status, code, number, says)


def call(title: str, content: str, says: str, number: str = "54", code: str = "Client") -> Bad:
    """Return an envelope whose Body holds what cannot be called."""
    return raw(title, enveloped(content), says, code=code, number=number)


def call_two(title: str, content: str, says: str, number: str = "54", code: str = "Sender", header: str = "") -> Bad:
    """Return one of version 1.2."""
    return raw(title, enveloped(content, header, TWO), says, SOAP_XML, code=code, number=number)


def parts(text: str, version: str = ONE) -> str:
    """Return an envelope with other parts."""
    return f'<s:Envelope xmlns:s="{version}">{text}</s:Envelope>'


GOOD = enveloped(ADD)
TEXT = GOOD.decode()

HTTP = [
    refused("unknown service", posted(GOOD, TEXT_XML, path=f"{SOAP}/nobody"), 404, "no service of this name is shown here; is it running, and in the group or audience that is shown?"),
    refused("unknown service whatever else is wrong", posted(b"x", "Content-Type: a/b", path=f"{SOAP}/plant/"), 404, "no service of this name is shown here; is it running, and in the group or audience that is shown?"),
    refused("PUT", posted(GOOD, TEXT_XML, path=AT).replace(b"POST", b"PUT"), 405, "a service is called by POST; GET its WSDL at ?wsdl"),
    refused("GET without ?wsdl", EMPTY.format(path=AT, headers="A: b").replace("POST", "GET").encode(), 405, "a service is called by POST; GET its WSDL at ?wsdl"),
    refused("JSON", posted(b"{}", "Content-Type: application/json", path=AT), 400, KIND),
    refused("plain text", posted(GOOD, "Content-Type: text/plain", path=AT), 400, KIND),
    refused("a form", posted(b"a=b", "Content-Type: application/x-www-form-urlencoded", path=AT), 400, KIND),
    refused("attachments", posted(GOOD, 'Content-Type: multipart/related; type="text/xml"', path=AT), 400, KIND),
    refused("two content types", posted(GOOD, TEXT_XML, "Content-Type: text/plain", path=AT), 400, KIND),
    refused("compressed", posted(GOOD, TEXT_XML, "Content-Encoding: gzip", path=AT), 415, "the content encoding must be identity"),
    refused("no length", EMPTY.format(path=AT, headers=TEXT_XML).encode(), 400, "the body must come with a Content-Length, or in chunks"),
    refused("too large", EMPTY.format(path=AT, headers=f"{TEXT_XML}\r\nContent-Length: {MAX_BODY + 1}").encode(), 413, "the body may have 1048576 bytes at most"),
    refused("another origin", posted(GOOD, TEXT_XML, "Origin: http://evil.example", path=AT), 403, "pages of this origin may not call here; the gateway's origins name those that may"),
]  # fmt: skip

DOCUMENTS = [
    raw("nothing", b"", "the body is empty"),
    raw("nothing of 1.2", b"", "the body is empty", SOAP_XML, code="Sender"),
    raw("blanks", b"  \r\n", f"{NOT_XML}..."),
    raw("text", b"hello", f"{NOT_XML}..."),
    raw("JSON that says it is XML", b'{"jsonrpc": "2.0"}', f"{NOT_XML}..."),
    raw("text of 1.2", b"hello", f"{NOT_XML}...", SOAP_XML, code="Sender"),
    raw("binary", bytes(range(128)), f"{NOT_XML}..."),
    raw("cut short", GOOD[:-5], f"{NOT_XML}..."),
    raw("more after the end", GOOD + b"<more/>", f"{NOT_XML}..."),
    raw("tags that do not match", TEXT.replace("</add>", "</sub>"), f"{NOT_XML}..."),
    raw("a prefix that nobody declared", TEXT.replace("<add>", "<q:add>").replace("</add>", "</q:add>"), f"{NOT_XML}..."),
    raw("an attribute twice", TEXT.replace("<add>", '<add a="1" a="2">'), f"{NOT_XML}..."),
    raw("an entity that nobody declared", TEXT.replace(">2<", ">&two;<"), f"{NOT_XML}..."),
    raw("a character that is none of XML", TEXT.replace(">2<", ">\x01<"), f"{NOT_XML}..."),
    raw("a reference to such a character", TEXT.replace(">2<", ">&#0;<"), f"{NOT_XML}..."),
    raw("two declarations", b"<?xml version='1.0'?>" * 2 + GOOD, f"{NOT_XML}..."),
    raw("a DOCTYPE", "<!DOCTYPE a>" + TEXT, "the body has a DOCTYPE, which is not taken"),
    raw("an entity of its own", '<!DOCTYPE a [<!ENTITY x "2">]>' + TEXT.replace(">2<", ">&x;<"), "the body has a DOCTYPE, which is not taken"),
    raw("an entity from a file", '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + TEXT.replace(">2<", ">&x;<"), "the body has a DOCTYPE, which is not taken"),
    raw("a DTD from elsewhere", '<?xml version="1.0"?>\n<!-- --><!DOCTYPE a SYSTEM "http://evil.example/a.dtd">' + TEXT, "the body has a DOCTYPE, which is not taken"),
    raw("a billion laughs", f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]>' + TEXT.replace(">2<", ">&l9;<"), "the body has a DOCTYPE, which is not taken"),
    raw("laughs in an attribute", f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]>' + TEXT.replace("<add>", '<add a="&l9;">'), "the body has a DOCTYPE, which is not taken"),
    raw("a DOCTYPE in UTF-16", f'<!DOCTYPE a [<!ENTITY x "2">]>{TEXT}'.encode("utf-16"), "the body has a DOCTYPE, which is not taken"),
    raw("a DOCTYPE in UTF-7", b"<?xml version='1.0' encoding='utf-7'?>+ADwAIQ-DOCTYPE a+AD4-" + GOOD, "the encoding 'utf-7' is not taken; utf-8 is", "Content-Type: text/xml"),
    raw("UTF-7 by its head", b"+ADw-a/+AD4-", "the encoding 'utf-7' is not taken; utf-8 is", "Content-Type: text/xml; charset=utf-7"),
    raw("an encoding of mainframes", GOOD, "the encoding 'cp037' is not taken; utf-8 is", "Content-Type: text/xml; charset=cp037"),
    raw("invalid UTF-8", GOOD.replace(b">2<", b">\xc3\x28<"), "the body is not utf-8: byte 178 is none of it"),
    raw("half a character in UTF-8", GOOD.replace(b">2<", b">\xed\xa0\x80<"), "the body is not utf-8: byte 178 is none of it"),
    raw("ASCII that is none", TEXT.replace(">2<", ">é<").encode(), "the body is not ascii: byte 178 is none of it", "Content-Type: text/xml; charset=us-ascii"),
    raw("UTF-16 that is none", b"<?xml version='1.0' encoding='utf-16'?>" + GOOD, "the body says of itself that it is utf-16, and it is not", "Content-Type: text/xml"),
    raw("UTF-16 with half a character more", TEXT.encode("utf-16") + b"\0", "the body is not utf-16-le: byte 440 is none of it"),
    raw("UTF-32", TEXT.encode("utf-32"), f"{NOT_XML}..."),
    raw("huge depth", b"<a>" * 100_000 + b"</a>" * 100_000, f"{NOT_XML}..."),
    raw("depth in the header", enveloped(ADD, "<a>" * 220 + "</a>" * 220), "more than 200 elements stand one in another"),
    raw("tags without number", b"<a>" + b"<b/>" * 200_001 + b"</a>", "the body has more than 200000 tags"),
    raw("a name without end", b"<" + b"a" * 100_000 + b"/>", f"{NOT_XML}..."),
]  # fmt: skip

ENVELOPES = [
    raw("a call of XML-RPC", "<methodCall><methodName>add</methodName></methodCall>", "the body must be an Envelope of SOAP, not 'methodCall'"),
    raw("a call without envelope", ADD, "the body must be an Envelope of SOAP, not 'add'"),
    raw("small letters", TEXT.replace("Envelope", "envelope"), "the body must be an Envelope of SOAP, not 'envelope'"),
    raw("an envelope of no namespace", f"<Envelope><Body>{ADD}</Body></Envelope>", f"the Envelope is of the namespace ''; it must be of {ONE} or {TWO}", code="VersionMismatch", number=""),
    raw("an envelope of another namespace", parts(f"<s:Body>{ADD}</s:Body>", "urn:soap"), f"the Envelope is of the namespace 'urn:soap'; it must be of {ONE} or {TWO}", code="VersionMismatch", number=""),
    raw("an envelope of a draft", parts(f"<s:Body>{ADD}</s:Body>", "http://www.w3.org/2001/12/soap-envelope"), f"the Envelope is of the namespace 'http://www.w3.org/2001/12/soap-envelope'; it must be of {ONE} or {TWO}", SOAP_XML, code="VersionMismatch", number=""),
    raw("no Body", parts(""), "the Envelope has no Body"),
    raw("no Body of SOAP", parts(f"<Body>{ADD}</Body>"), "the Envelope has no Body"),
    raw("a Body of the other version", parts(f'<t:Body xmlns:t="{TWO}">{ADD}</t:Body>'), "the Envelope has no Body"),
    raw("two Bodies", parts(f"<s:Body>{ADD}</s:Body>" * 2), ONE_ENVELOPE),
    raw("two Headers", parts(f"<s:Header/><s:Header/><s:Body>{ADD}</s:Body>"), ONE_ENVELOPE),
    raw("a Header after the Body", parts(f"<s:Body>{ADD}</s:Body><s:Header/>"), ONE_ENVELOPE),
    raw("something beside the Body", parts(f"<s:Body>{ADD}</s:Body><more/>"), ONE_ENVELOPE),
    raw("an empty Body", parts("<s:Body/>"), "the Body must hold one element, which names the method; it holds 0"),
    raw("two calls", parts(f"<s:Body>{ADD}{ADD}</s:Body>"), "the Body must hold one element, which names the method; it holds 2"),
    raw("text in the Body", parts(f"<s:Body>add{ADD}</s:Body>"), "there is text in the Body, between its elements"),
    raw("text in the Envelope", parts(f"<s:Body>{ADD}</s:Body>add"), "there is text in the Envelope, between its elements"),
    raw("a fault", parts("<s:Body><s:Fault/></s:Body>"), "what the Body holds is SOAP's own, and no call"),
    raw("what must be understood", enveloped(ADD, f"<a {MUST}/>"), "entries of the Header must be understood, and nobody here understands any: a", code="MustUnderstand", number=""),
    raw("what must perhaps be understood", enveloped(ADD, '<a s:mustUnderstand="maybe"/>'), "mustUnderstand must be 0 or 1, not 'maybe'"),
    call_two("security that must be understood", ADD, "entries of the Header must be understood, and nobody here understands any: Security", "", "MustUnderstand", f'<w:Security xmlns:w="urn:wss" {MUST}/>'),
    call_two("another encoding of arguments", '<add s:encodingStyle="http://www.w3.org/2003/05/soap-encoding"/>', "the encodingStyle 'http://www.w3.org/2003/05/soap-encoding' is not known; arguments are written as the WSDL says", "", "DataEncodingUnknown"),
    call_two("two calls of 1.2", ADD * 2, "the Body must hold one element, which names the method; it holds 2"),
]  # fmt: skip

CALLS = [
    call("unknown method", "<vanish/>", "service 'plant' exports no method 'vanish'", "55"),
    call_two("unknown method of 1.2", "<vanish/>", "service 'plant' exports no method 'vanish'", "55"),
    call("a method of a service's own", "<_x0024_describe/>", "service 'plant' exports no method '$describe'", "55"),
    call("a method in small letters", "<ADD/>", "service 'plant' exports no method 'ADD'", "55"),
    call("a method of another service", '<add xmlns="urn:exchange:service:math"><x>1</x></add>', "'add' is in the namespace 'urn:exchange:service:math'; it must be 'urn:exchange:service:plant'", "55"),
    call("too few arguments", "<add/>", "plant.add: x is missing; it must be int", "56"),
    call("too many arguments", "<add><x>1</x><z>2</z></add>", "plant.add: 'z' is no argument of it; there is x, y", "56"),
    call("an argument twice", "<add><x>1</x><x>2</x></add>", "plant.add: x is given twice", "56"),
    call("arguments without names", "<add>2 3</add>", "plant.add: <add> must hold elements, not the text '2 3'"),
    call("NaN for a whole number", "<add><x>NaN</x></add>", "plant.add: x is not a whole number: 'NaN'"),
    call("a fraction for a whole number", "<add><x>1.5</x></add>", "plant.add: x is not a whole number: '1.5'"),
    call("nothing for a whole number", "<add><x/></add>", "plant.add: x is not a whole number: ''"),
    call("a number without end", f"<add><x>{'9' * 100_000}</x></add>", f"plant.add: x is not a whole number: '{'9' * 40}...'"),
    call("elements for a number", "<add><x><b/></x></add>", "plant.add: x must hold text, and no elements"),
    call("a number that is too large for a double", "<halve><number>1e999</number></halve>", "plant.halve: number is not a number: '1e999'"),
    call("yes for true", "<turn><on>yes</on></turn>", "plant.turn: on is not true, false, 1 or 0: 'yes'"),
    call("a day that there is not", "<later><day>2026-02-30</day></later>", "plant.later: day is not a date such as 2026-01-31: '2026-02-30'"),
    call("bytes that are no base64", "<flip><data>*</data></flip>", "plant.flip: data is not base64: '*'"),
    call("a field that there is not", "<mirror><at><x>1</x><z>2</z></at></mirror>", "plant.mirror: at.z is no field of tests.gateways.plant.Point; there is x, y", "56"),
    call("a field that is missing", "<mirror><at><y>1</y></at></mirror>", "plant.mirror: at.x is missing; it must be float", "56"),
    call("a list of something else", "<price><each>1</each><names><name>a</name></names></price>", "plant.price: names must hold <item>, not <name>", "56"),
    call("nil that holds something", '<same><value xsi:nil="true">1</value></same>', "plant.same: value is xsi:nil, and yet holds something"),
    call("an unknown type", '<same><value xsi:type="xs:colour">red</value></same>', "plant.same: value is said to be of type '{http://www.w3.org/2001/XMLSchema}colour', which is not known", "54"),
    call("a type of a prefix that nobody declared", '<same><value xsi:type="q:int">1</value></same>', "plant.same: value is said to be of type 'q:int', and nothing says what that prefix is"),
    call("deep arguments", f"<same><value>{'<item>' * 100}{'</item>' * 100}</value></same>", f"plant.same: value{'[0]' * 25}... is nested too deep: 64 values may stand one in another"),
]  # fmt: skip

ODD = [
    taken("comments and instructions", TEXT.replace(">2<", "><!-- two -->2<?p ?><").replace("<add>", "<?a?><add><!-- -->").encode()),
    taken("CDATA", TEXT.replace(">2<", "><![CDATA[2]]><").encode()),
    taken("a mark at the beginning", TEXT.encode("utf-8-sig")),
    taken("UTF-16", f"<?xml version='1.0' encoding='utf-16'?>{TEXT}".encode("utf-16")),
    taken("Latin 1", f"<?xml version='1.0' encoding='iso-8859-1'?>{TEXT}".encode("latin-1"), "Content-Type: text/xml"),
    taken("a head that knows the encoding better", f"<?xml version='1.0' encoding='utf-16'?>{TEXT}".encode(), TEXT_XML),
    taken("no content type", GOOD, "A: b"),
    taken("a content type in capitals", GOOD, 'CONTENT-TYPE: Text/XML ; Charset="UTF-8"'),
    taken("a name for XML of one's own", GOOD, "Content-Type: application/vnd.plant+xml"),
    taken("1.2 as text/xml", enveloped(ADD, version=TWO), TEXT_XML),
    taken("1.1 as application/soap+xml", GOOD, SOAP_XML),
    taken("an entry that another must understand", enveloped(ADD, f'<a {MUST} s:actor="urn:else"/>')),
    Bad("in chunks", posted(b"", TEXT_XML, "Transfer-Encoding: chunked", path=AT, length=False) + chunked(GOOD[:9], GOOD[9:]), 200, "", "", "5"),
]  # fmt: skip

BAD = [*HTTP, *DOCUMENTS, *ENVELOPES, *CALLS, *ODD]
