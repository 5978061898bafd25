"""Whether JSON holds more than is taken, told before it is parsed.

A million small items would take a gigabyte, and the loop could not turn meanwhile. It is told
by means that do not grow with what they look at: no expression that remembers its way through a
text, and no list of pieces that somebody else decides the length of.
"""

# Outside of its texts an item has a comma per field at most, and at most one within a data URL.
COMMAS = 8
# A field is a name and a value, with two signs around each.
QUOTES = 4 * COMMAS


def crowded(body: bytes, most: int) -> bool:
    """Whether that can be no more than so many items."""
    if body.count(b",") <= COMMAS * most:
        return False
    plain = body.replace(rb"\\", b"").replace(rb"\"", b"")
    if plain.count(b'"') > QUOTES * most:
        return True
    return sum(part.count(b",") for part in plain.split(b'"')[::2]) > COMMAS * most
