"""Bytes to frames to values, and the rules of one link; no Twisted here.

::

    bytes --reader--> frames --dialogue--> traffic frames (for the switch)
                        |
                        +-- values, failures: what a body holds

* `identities`: what an exchange is, and how what it makes is called
* `limits`: how large, how many, how long
* `layouts`: which fields the header of each kind has
* `frames`: one frame to bytes and back
* `reader`: a stream of bytes cut into frames
* `dialogue`: the states of one link
* `liveness`: whether the far end still lives
* `nesting`: how deep a body is, told without decoding it
* `hashing`: keys that would make a hash table slow
* `extensions`: how values that msgpack does not know travel
* `records`: dataclasses, which travel as dicts
* `values`: Python values to a body and back
* `failures`: exceptions to the body of a FAILURE and back
"""
