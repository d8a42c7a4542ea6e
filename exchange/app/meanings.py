"""What each key of a configuration file means, for whoever writes one in an editor that knows its schema."""

from __future__ import annotations

MEANINGS: dict[str, dict[str, str]] = {
    "hub": {
        "name": "what people call the hub, in logs and errors",
        "listen": "where it listens: a Twisted endpoint string, or a list of them",
        "join": (
            "other hubs to join: an endpoint such as tcp:hostb:11111, or a list of them. Itself may be among "
            "them, so that all hubs of a mesh can have one list"
        ),
        "group": "the exchange group; both ends of a link must be in the same",
        "heartbeat": "seconds of silence until the far end of a link is asked for a sign of life",
        "dead-after": "seconds of silence until it is taken for dead; at least 1.5 times heartbeat",
        "drain-time": "seconds that SIGTERM leaves to end in good order; 0 is to end at once",
        "blocked-after": (
            "seconds for which one thing may keep the process from all others; when it takes longer, the log "
            "says what it is; 0 is never"
        ),
        "advertise": (
            "where others dial this hub, and those as good as it: an endpoint or a list of them, told to "
            "every process that connects, for failover"
        ),
        "http": (
            "where the page of the hub is, with /metrics, /healthz and /readyz: an endpoint such as "
            "tcp:8080:interface=127.0.0.1"
        ),
        "certificate": (
            "a file with the certificate of the hub, in PEM: TLS at every tcp: endpoint of this table, those "
            "of join too"
        ),
        "key": "a file with the key of certificate, in PEM",
        "authority": (
            "a file with the authorities of which those who link must show a certificate, as must hubs that "
            "are joined; the name in it is the principal. Where there are other ways to prove it, as "
            "token-file, they may"
        ),
        "token-file": "let in whoever has a token of this file, of lines principal:token",
        "password-file": "let in whoever has a password of this file, made by exchange password",
        "checker": "let in whoever this class knows, a checker of twisted.cred such as plant.logins:Staff",
        "hubs": (
            "the principals that are believed as hubs if they proved it by token or certificate: a pattern "
            "such as hub-*, or a list"
        ),
        "credentials": (
            "a file with what hubs are shown that are joined, one line: token:PRINCIPAL:TOKEN, "
            "password:NAME:PASSWORD, plain:NAME:PASSWORD or certificate"
        ),
        "fast": "carry links by uvloop, where it is installed",
        "insecure": (
            "let other machines in without asking who they are, with a warning at each start. Without it a "
            "hub that listens elsewhere than on this machine, and asks nobody, does not start"
        ),
    },
    "policy": {
        "principal": 'whom the rule is about; whoever proved nothing is ""',
        "offer": "names of services that may be announced",
        "join": "service groups that they may be in",
        "call": "methods that may be called, as SERVICE.METHOD",
        "subscribe": "names of services whose reports may be heard",
        "watch": "names of services that may be seen and described",
        "administer": "names of which exchange explain may be asked",
        "calls-per-second": (
            "how many calls the links of a principal may make together; the first rule that says anything decides"
        ),
        "bytes-per-second": (
            "how many bytes the links of a principal may send together; the first rule that says anything decides"
        ),
        "max-instances": "how many services a principal may have announced at one time",
        "max-subscriptions": "how many subscriptions a principal may hold at one time",
    },
    "limits": {
        "max-frame": (
            "the largest frame, in bytes; at least 131072. The parts of frames that have not wholly come take "
            "sixteen times as much at most, over all links: of more, the link whose frame began first is "
            "ended"
        ),
        "soft-limit": (
            "bytes waiting for a link above which it gets no new calls, and what may be left out is left out"
        ),
        "hard-limit": (
            "bytes waiting for a link above which it is ended; at least soft-limit. Of a frame that waits, 64 "
            "bytes more are counted, which it takes in memory"
        ),
        "max-calls": "calls that the link of a peer may have outstanding; a hub may have any number at its peers",
        "max-instances": (
            "instances that the link of one process may announce; the process knows it, and refuses to add more"
        ),
        "max-subscriptions": (
            "subscriptions that the link of one process may hold; the process knows it, and refuses to hold more"
        ),
        "max-kept": "bytes that the texts of the instances and subscriptions of one link may take together",
        "max-changes": (
            "how often in a second one process may change or take back what it told of its instances and "
            "subscriptions; what is faster is read more slowly"
        ),
        "max-links": "links that far ends may have made at one time; one more is told so, and ended",
        "max-links-per-address": "links from one address; over a Unix socket none are counted",
        "max-greetings": (
            "links that may be in their greeting at one time; of more, the one that began first is ended"
        ),
        "greeting-time": "seconds that a greeting may take",
        "farewell-time": "seconds that a far end has to close after our BYE",
    },
    "logging": {
        "format": "how: text for people, json for programs, a line each",
        "level": "the least that is written: debug, info, warn, error or critical",
        "levels": 'for some namespaces, and what is below them, another level: { "exchange.net" = "debug" }',
        "calls": "write a line for each call too",
        "file": "write to this file",
    },
    "tracing": {
        "exporter": "none; console: to standard output, a line each; otlp: to a collector",
        "endpoint": "the URL of the collector; without a path, it is /v1/traces",
        "service": "what the process is called in traces",
        "sample": "the share of traces that begin here and are kept, from 0 to 1",
    },
    "services": {
        "class": "module and class: plant.arithmetic:Math",
        "hub": "the endpoint to connect to, or a list: while one is away, the next is tried",
        "credentials": "a file with what hubs are shown that ask who this is",
        "authority": "a file with whom to believe that it is the hub",
        "certificate": "a file with the certificate that hubs are shown, in PEM",
        "key": "a file with the key of certificate, in PEM",
        "try": (
            'a method and its arguments, "multiply 6 7", that the line which says that all serves proposes to call'
        ),
    },
    "gateways": {
        "listen": "where it listens: a Twisted endpoint string",
        "certificate": "a file with the certificate to listen with, in PEM: HTTPS",
        "key": "a file with the key of certificate, in PEM",
        "authority": "a file with the authorities of which callers must show a certificate",
        "hub": "the endpoint of the hub to connect to, or a list: while one is away, the next is tried",
        "credentials": "a file with what hubs are shown that ask who this is",
        "hub-authority": "a file with whom to believe that it is the hub",
        "hub-certificate": "a file with the certificate that hubs are shown, in PEM",
        "hub-key": "a file with the key of hub-certificate, in PEM",
        "service-group": "show the services that joined this group; or a list of groups",
        "service": "show this one service in place of a group, at the path itself",
        "audience": "show the services of this audience in place of a group; * is all",
        "choice": (
            "of several instances of a service, take the one that owes fewest answers, or sticky: stay with "
            "the first that was seen"
        ),
        "mount": (
            "paths, and what answers there: xmlrpc, jsonrpc, or soap, which needs lxml; live for reports; or "
            "files:FOLDER, which may also stand at /. Service math is at /xmlrpc/service/math. Two may show "
            "the same services"
        ),
        "max-body": "the largest request body, in bytes; a larger one is answered with 413",
        "max-batch": (
            "the most requests in one batch of JSON-RPC, and calls in one system.multicall of XML-RPC; of "
            "more none is carried out"
        ),
        "max-calls": "calls that one connection may have outstanding; of more, 429",
        "max-connections": "connections that are taken at one time; others get 503",
        "max-connections-per-address": "connections of one address that are taken at one time; others get 429",
        "request-timeout": "seconds for a request to arrive; after them, 408",
        "idle-timeout": "seconds for a connection to wait for a request before it is closed",
        "none": "how None travels over XML-RPC: as nil; refuse: not at all; empty: as an empty string",
        "big-integers": (
            "how whole numbers beyond 32 bits travel over XML-RPC: as i8; refuse: not at all; text: as their "
            "digits in a string"
        ),
        "passwords": "let in whoever has a name and password of this file, made by htpasswd -B",
        "tokens": "let in whoever shows a token of this file, of lines principal:token",
        "checker": (
            "let in whoever this class knows, a checker of twisted.cred such as plant.logins:Staff; or a list of them"
        ),
        "origins": (
            "the other web sites whose pages may call: an origin such as https://plant.example, a list of them, or *"
        ),
        "live-heartbeat": "seconds of silence until a live stream shows that it stands",
        "max-streams": "how many may listen to live reports at one time; others get 503",
        "max-streams-per-address": "how many of one address may listen to live reports; others get 429",
        "errors": "of failures, tell callers what concerns them, or with full all",
    },
    "bridges": {
        "hubs": (
            'where the hub of each side is: { inner = "tcp:localhost:11112", outer = "tcp:localhost:11111" }; '
            "each may be a list: while one is away, the next is tried. A side that is left out is at the hub "
            "of this file"
        ),
        "groups": 'the exchange group of each side: { inner = "database", outer = "" }; they must differ',
        "credentials": (
            'files with what hubs are shown, for each side: { inner = "inner.secret", outer = "outer.secret" }'
        ),
        "authority": 'for each side, a file with whom to believe that it is the hub: { outer = "authority.pem" }',
        "certificate": "for each side, a file with the certificate that its hub is shown, in PEM",
        "key": "for each side, a file with the key of its certificate, in PEM",
    },
}
"""By the kinds of the tables, and their keys."""
