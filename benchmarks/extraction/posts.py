"""Invented threads: who says what, in what order, and what answers what."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Post:
    """A post of a thread.

    Attributes:
        name: its author's.
        paragraphs: in order; a code block begins with `CODE`.
        quotes: name and words of the author whom it answers, None for no quotation.
        level: 0 for an answer to the thread, 1 for an answer to that, and so on.
    """

    name: str
    paragraphs: tuple[str, ...]
    quotes: tuple[str, str] | None = None
    level: int = 0


CODE = "    "
"""Begins a paragraph of code; what follows are its lines."""

SHORT = (
    Post("quillwort", ("Does anybody know whether leeks can stand in the bed until March?",)),
    Post("marl_and_loam", ("Mine did last winter, no problem at all",), level=1),
    Post("Hettie", ("Depends on the frost. Two nights at minus twelve turned half of ours to mush.",), level=1),
    Post("quillwort", ("Good to know, thanks!",), level=2),
    Post("old_spade", ("Earth them up and lay fleece over the row.",)),
    Post("marl_and_loam", ("+1 for the fleece",), level=1),
    Post("Bramble7", ("I lift mine in November and heel them in by the shed, easier than digging frozen ground.",)),
    Post("Hettie", ("Same here, the shed keeps the wind off and you can reach them in slippers.",), level=1),
)

MIXED = (
    Post(
        "cellist_in_kirn",
        (
            "My new bridge has begun to lean towards the fingerboard after three weeks of tuning up to pitch.",
            "The feet still sit flat. Should I pull it back myself or is that a job for the luthier?",
        ),
    ),
    Post(
        "spruce_top",
        (
            "Pull it back yourself, but loosen all four strings by half a turn first and hold the bridge with both "
            "thumbs and forefingers close to the top.",
            "Every string drags the bridge along when you tune with the pegs, which is why it creeps forward. A little "
            "pencil lead in the notches helps more than anything that you can buy.",
        ),
        level=1,
    ),
    Post(
        "Odile",
        (
            "That is how I was taught as well. Look from the side: the back of the bridge stands upright, not the middle.",
        ),
        ("spruce_top", "hold the bridge with both thumbs and forefingers close to the top."),
        level=2,
    ),
    Post("gutstring", ("Careful. I snapped one that way.",)),
    Post(
        "cellist_in_kirn",
        (
            "Done, and it moved back with a small crack that cost me a year of my life.",
            "The A string speaks again and the wolf on F sharp is no worse than it was before.",
        ),
        ("gutstring", "I snapped one that way."),
        level=1,
    ),
    Post("spruce_top", ("Glad that it worked!",), level=2),
)

LONG = (
    Post(
        "baker_of_ruhn",
        (
            "We finished the clay oven behind the parish hall in the last dry week of September, and since several "
            "people have asked how it was built I will put down here what I remember of it.",
            "The base is rubble without mortar, knee high, filled with gravel and topped with forty bricks in a "
            "herringbone that took one afternoon and two arguments. On it we heaped wet sand to the height of the "
            "dome, covered it with newspaper, and laid the first coat of clay and chopped straw as thick as a hand.",
            "After ten days the sand could be scooped out through the door. The first fire was no bigger than a hat "
            "and still the dome steamed for six hours.",
        ),
    ),
    Post(
        "Ansgar",
        (
            "What a fine report. Ours cracked from the door to the crown in its second winter, because we had put on "
            "the insulating coat while the first one was still damp inside.",
            "If I built another I would leave it bare until Easter, light a small fire every Sunday, and only then add "
            "the sawdust and clay on the outside, with a roof over all of it from the first day on.",
        ),
        level=1,
    ),
    Post(
        "fournil",
        (
            "A roof is the whole secret. In our valley four ovens were built by the same man in the same summer, and the "
            "one that stands beneath the eaves of the dairy is the only one that bakes today.",
            "For the temperature we throw a pinch of flour on the bricks: if it browns while you count to twenty you can "
            "bake loaves, and if it blackens before ten you had better wait and make flat bread in the meantime.",
        ),
    ),
    Post(
        "baker_of_ruhn",
        (
            "The counting works, thank you. Yesterday it browned at seventeen and nine loaves came out as they should, "
            "only the one right at the back had to be given to the hens.",
        ),
        level=1,
    ),
)

CODED = (
    Post(
        "tallow",
        (
            "I read a column of durations such as 1:05 and want them in seconds, but the last line fails with a "
            "ValueError as soon as a row is empty.",
            CODE + 'def seconds(text):\n    minutes, rest = text.split(":")\n    return int(minutes) * 60 + int(rest)',
            "Is there a shorter way than testing each row for being empty before the call?",
        ),
    ),
    Post(
        "ferrule",
        (
            "Use partition, which always gives three parts, and let an empty string count as zero.",
            CODE + 'def seconds(text):\n    minutes, _, rest = text.partition(":")\n    return int(minutes or 0) * 60'
            "\\\n        + int(rest or 0)",
            "It also takes a bare number of minutes, which split would have refused.",
        ),
        level=1,
    ),
    Post(
        "Wenzel",
        (
            "If the column is in a data frame already, leave the loop to the library and fill the gaps first.",
            CODE + 'column.fillna("0:00").str.split(":", expand=True)',
        ),
        level=1,
    ),
)

COMMENTS = (
    Post("Reinhold P.", ("I walked past it every day for thirty years and never knew that it had been a mill.",)),
    Post("wharfside", ("And who is going to pay for the repairs? Not a word about that, as always.",)),
    Post("Jolanta", ("The council will, it was decided in spring. You could have come to the meeting.",), level=1),
    Post("wharfside", ("Some of us work in the evening.",), level=2),
    Post(
        "Millstone",
        (
            "My grandfather carted grain there until the flood, and he always said that the wheel turned backwards on "
            "the day when the bridge fell. Nobody believed him, of course, but he kept a splinter of it in his desk.",
        ),
    ),
    Post("Reinhold P.", ("What a story! Please bring the splinter to the opening.",), level=1),
)

ARTICLE = (
    "The old mill at the lower weir will open as a museum in May, eleven years after its owner gave the building to the "
    "town. The wheel, which had not turned since the flood, was set going for a minute on Monday in front of two hundred "
    "people and a brass band.",
    "Carpenters from three villages replaced forty of the forty-eight paddles with larch from the town's own wood. The "
    "shaft is the one of 1871: it had lain in the mud so long, said the foreman, that it was harder than anything that "
    "could be bought today.",
    "Visitors will see the grain lifted to the loft, cleaned and ground, and may take home a bag of the flour. Schools "
    "need not pay. The café on the ground floor is let to a baker who has promised to use no other flour than the mill's.",
)
BRIEF = ("The old mill at the lower weir opens as a museum in May. The wheel turned for a minute on Monday.",)
PROGRAM = """\
import csv

def tides(path, least=2.5):
    found = []
    with open(path) as lines:
        for row in csv.DictReader(lines):
            height = float(row["height"] or 0)
            if height < least:
                continue
            found.append((row["when"], height))
    return found

print(tides("ledger.csv") & {})"""
