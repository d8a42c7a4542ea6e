"""The verbs of the `exchange` command: what each is for, and the module that does it.

This is read at every start of the command, so it imports nothing.
"""

from __future__ import annotations

TALK = "calls and reports"
LOOK = "who and what is there"
RUN = "running a site"
WRITE = "writing programs"
SET_UP = "setting up"
HIDDEN = ""

FAMILIES = (TALK, LOOK, RUN, WRITE, SET_UP)
"""In the order in which the help shows them."""


class Verb:
    """One verb.

    Attributes:
        name: The word.
        module: Of `exchange.app.cli`; it has ``run(words) -> Status``, and ``parser()`` with its options.
        family: Under which heading of the help it stands; a hidden one stands under none.
        line: What it is for, in one line.
    """

    __slots__ = ("family", "line", "module", "name")

    def __init__(self, name: str, module: str, family: str, line: str) -> None:
        self.name = name
        self.module = module
        self.family = family
        self.line = line


_ALL = (
    Verb("bench", "bench", LOOK, "Measure how many calls a second are answered, and how soon."),
    Verb("call", "call", TALK, "Call a method of a service and print its result."),
    Verb("cert", "cert", SET_UP, "Make a private authority, and certificates for hubs and peers."),
    Verb("_complete", "complete", HIDDEN, "Tell what may stand at a place of a command line."),
    Verb("completion", "completion", SET_UP, "Print the script by which a shell completes words of this command."),
    Verb("config", "config", SET_UP, "Check a configuration file, show what would come of it, print its schema."),
    Verb("context", "context", SET_UP, "Keep names for hubs and how to link with them."),
    Verb("describe", "describe", LOOK, "Tell what a service offers: signatures, types, documentation."),
    Verb("drain", "drain", RUN, "Have a hub leave in good order, and its process end."),
    Verb("explain", "explain", LOOK, "Tell what lets something through, or stops it."),
    Verb("groups", "groups", LOOK, "Tell the service groups, and which services are in them."),
    Verb("hubs", "hubs", LOOK, "Show the hubs of the mesh, and how they are."),
    Verb("impact", "impact", LOOK, "Show who would notice if a service went."),
    Verb("kick", "kick", RUN, "End the links of somebody."),
    Verb("links", "links", LOOK, "Show who is linked with a hub, and what passes."),
    Verb("map", "map", LOOK, "Show who calls and subscribes to what, in the whole mesh."),
    Verb("password", "password", SET_UP, "Make the line of a password file for somebody."),
    Verb("ping", "ping", LOOK, "Ask the hub or a service for signs of life, and tell how long they took."),
    Verb("policy", "policy", SET_UP, "Check the rules of a configuration file."),
    Verb("publish", "publish", TALK, "Publish a report, as a service that is there for as long as this takes."),
    Verb("reports", "reports", TALK, "Tell what a service keeps of its reports."),
    Verb("serve", "serve", TALK, "Run services in the foreground, each named by its class."),
    Verb("services", "services", LOOK, "Tell which services there are, and their instances."),
    Verb("shell", "shell", TALK, "Talk to services in Python, with await."),
    Verb("stub", "stub", WRITE, "Print a typed stub of a service."),
    Verb("top", "top", LOOK, "Show as it goes what is called most."),
    Verb("watch", "watch", LOOK, "Print services, reports or links as they come and go."),
)

VERBS: dict[str, Verb] = {verb.name: verb for verb in _ALL}


def shown_in(family: str) -> list[Verb]:
    """Return the verbs of a family, by their names."""
    return sorted((verb for verb in _ALL if verb.family == family), key=lambda verb: verb.name)
