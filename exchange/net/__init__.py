"""Twisted carries bytes between exchanges; no decision worth a discussion is made here.

::

    listener --accepts--> link <--dials-- dialer
                           |
            transport <--> dialogue, switch
                           |
                         links: all of one exchange, their clock and their turn

* `link`: one live connection; is a port of the switch
* `turn`: writes each link that was touched, once
* `outlet`: how the bytes of a link get into its transport; `congestion`: what waits because the transport has enough
* `unfinished`: how much links may hold of frames that have not wholly come
* `links`: what the links of one exchange share
* `listener`: accepts links
* `greeting`: how HELLO and WELCOME are answered; `joining`: a link between two hubs, until it is decided about
* `examining`: how it is found out who greets us, by an `examination` of `tokens`, `passwords`, a `certificate` or
  a `checker`; `surroundings`: what the transport tells of the far end
* `telling`: what there is to tell a new link, as it drains
* `proof`: signs of life that are asked for; `patience`: the time for them; `flood`: too many words
* `dialer`: makes a link, and makes it anew; `retry`: after which delay; `standby`: or as soon as another link is lost
* `endpoints`: several in turn; `moving`: from a hub that is leaving to another
* `departure`, `draining`: one link, all links left in good order; `farewell`: how a connection is closed
* `wording`: how people are told where a far end is, and why it cannot be reached
"""
