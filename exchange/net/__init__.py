"""Twisted carries bytes between exchanges; no decision worth a discussion is made here.

::

    listener --accepts--> link <--dials-- dialer
                           |
            transport <--> dialogue, switch
                           |
                         links: all of one exchange, their clock and their turn

* `link`: one live connection; is a port of the switch
* `turn`: writes each link that was touched, once
* `outlet`: how the bytes of a link get into its transport; `backlog`: what waits because the transport has enough
* `unfinished`: how much links may hold of frames that have not wholly come
* `links`: what the links of one exchange share
* `listener`: accepts links
* `dialer`: makes a link, and makes it anew; `retry`: after which delay
* `wording`: how people are told where a far end is, and why it cannot be reached
"""
