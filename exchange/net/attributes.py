"""The attributes of a link that have a place in the object, and not in a dictionary.

Dictionaries of the same attributes share their keys, but only as long as there are no more than
thirty. With all of a link's in one, each link had a dictionary of its own, of 1.6 KB.
"""

from __future__ import annotations

OF_A_LINK = (
    "_complaints",
    "_departure",
    "_dialogue",
    "_farewell",
    "_flood",
    "_greeting",
    "_holds",
    "_is_paced",
    "_links",
    "_many",
    "_outlet",
    "_pace",
    "_proof",
    "_queue",
    "_reader",
    "_stage",
    "_switch",
    "_telling",
    "_timers",
    "_touched",
    "_turn",
    "address",
    "closed",
    "congestion",
    "dialer",
    "ending",
    "is_dialled",
    "is_paused",
    "opened",
    "place",
    "reading",
    "since",
    "traffic",
    "wire",
)
