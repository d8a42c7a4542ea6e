"""Who gets a frame: pure logic, the same in a peer and in a hub; no Twisted here.

::

    port --frame--> switch --frame--> port
                      |
                      +-- registry: which instances there are, and the ways to them
                      +-- forwarding: requests out, answers back; directions: where to; choice: of several instances
                      +-- debts: calls passed on and not yet answered
                      +-- subscriptions: who wants which reports; interest: where that is told
                      +-- reports: who may make one; fanout: to which ports it goes; patterns
                      +-- announcements: what hubs are told; origins: who may say what
                      +-- crossing: what enters another exchange group; bridge_end: the port to it
                      +-- room: how much one link may tell of; weight: what that takes
                      +-- backlog: what waits for a link; excess: what is left out of it; wishes: as subscriptions
                      |   chose; notices: how they are told
                      +-- usage: who calls what, and with what outcome; counters, role

The rules R1 to R14 that the comments name stand in
``docs/explanation/architecture.md``, section 6.
"""
