#!/usr/bin/env python3
"""Makes users.csv: 10,000 users of an invented shop, the same ones each time.

    make_users.py            writes users.csv beside this file
    make_users.py --check    fails when users.csv differs from what this script makes

Nobody in it is real: every address ends in example.com, example.net or example.org,
the domains that RFC 2606 reserves for examples.
"""

import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

FILE = Path(__file__).with_name("users.csv")
COLUMNS = "id,email,plan,score,newsletter,last_order,joined_at"
USERS = 10_000
FIRST_ID = 48_213
SHOP_OPENED = datetime(2019, 3, 4, 9, 0, tzinfo=timezone.utc)
LAST_MOMENT = datetime(2026, 11, 22, 23, 59, 59, tzinfo=timezone.utc)

FIRST_NAMES = """
    adam agnieszka aisha alice amara ana anders anna antonio beatriz ben bianca bruno carla
    carlos chen chiara claire daniel dario david diego dmitri elena eliza emil emma erik eva
    fatima felix filip florian gabriel george grace greta hanna haruto helena hugo ibrahim ines
    ingrid isabel ivan jakub james jan joanna johan jonas julia kamil karin kasia kenji kofi lars
    laura leila lena leo lina linh louis lucia lukas magda maja malik marco maria marie marta
    mateo max mei michal mila mina mohammed nadia natalia nina noah nora oleg olga olivia omar
    oscar patrick paula pavel peter petra pierre piotr priya rafael rania raj robert rosa ruben
    sam sara sofia stefan sven tara teresa thomas tomas uma vera victor wei yara yuki zofia
""".split()
LAST_NAMES = """
    adams ahmed almeida andersen baker bauer becker bernard bianchi brown carter castro chen
    clark cohen costa cruz dubois duda eriksson evans fernandez fischer fontaine garcia greco
    hansen hall hoffmann horvat ito jansen johnson kaya keller khan kim king klein koch kowalski
    kumar lambert larsen lee lewandowski lopez maier marino martin mazur meyer moreau moretti
    murphy nagy nakamura nielsen novak nowak okafor olsen ortiz park patel pereira petrov popov
    ramos reyes ricci rossi roy ruiz sato schmidt schulz silva singh smith sokolov suzuki svensson
    tanaka taylor torres turner vargas virtanen vogel wagner walker wang weber white wilson
    wisniewski wright yilmaz young zhang zielinski
""".split()
DOMAINS = ["example.com"] * 6 + ["example.net"] * 3 + ["example.org"]
PLANS = ["free"] * 62 + ["basic"] * 23 + ["pro"] * 12 + ["enterprise"] * 3


class Rng:
    """PCG32, a random number generator that is small, well known, and the same in every version of
    Python. The standard library promises that for `random.random()` only."""

    def __init__(self, seed: int) -> None:
        self.state = 0
        self.next()
        self.state = (self.state + seed) % 2**64
        self.next()

    def next(self) -> int:
        old = self.state
        self.state = (old * 6364136223846793005 + 1442695040888963407) % 2**64
        mixed = ((old >> 18) ^ old) >> 27 & 0xFFFFFFFF
        turn = old >> 59
        return (mixed >> turn | mixed << (-turn & 31)) & 0xFFFFFFFF

    def below(self, n: int) -> int:
        return self.next() * n >> 32

    def between(self, low: int, high: int) -> int:
        return low + self.below(high - low + 1)

    def pick(self, choices: list[str]) -> str:
        return choices[self.below(len(choices))]

    def chance(self, percent: int) -> bool:
        return self.below(100) < percent


def email(rng: Rng, taken: set[str]) -> str:
    first, last = rng.pick(FIRST_NAMES), rng.pick(LAST_NAMES)
    shape = rng.below(10)
    if shape < 6:
        name = f"{first}.{last}"
    elif shape < 8:
        name = f"{first[0]}.{last}"
    else:
        name = f"{first}{rng.between(60, 99)}"
    domain = rng.pick(DOMAINS)
    address, again = f"{name}@{domain}", 1
    while address in taken:
        again += 1
        address = f"{name}{again}@{domain}"
    taken.add(address)
    return address


def users() -> str:
    rng = Rng(20_261_123)
    span = int((LAST_MOMENT - SHOP_OPENED).total_seconds())
    # The shop grows: more people join later. Ids follow the order of joining.
    joined = sorted(max(rng.below(span), rng.below(span)) for _ in range(USERS))
    taken: set[str] = set()
    lines = [COLUMNS]
    user_id = FIRST_ID - 1
    for seconds in joined:
        # Deleted accounts and anonymous visitors leave gaps in the ids, a few of them large.
        user_id += 1 + (rng.below(400) if rng.chance(2) else rng.below(4))
        joined_at = SHOP_OPENED + timedelta(seconds=seconds)
        plan = rng.pick(PLANS)

        last_order = ""
        buys = {"free": 58, "basic": 88, "pro": 96, "enterprise": 99}[plan]
        days = (LAST_MOMENT.date() - joined_at.date()).days
        if rng.chance(buys):
            # Most orders are recent; some customers have not ordered for years.
            ago = min(rng.below(days + 1) for _ in range(1 + rng.below(6)))
            last_order = (LAST_MOMENT.date() - timedelta(days=ago)).isoformat()

        # The lowest of several numbers makes a low score, the highest a high one.
        numbers = [rng.between(0, 100) for _ in range(3)]
        if not last_order:
            score = min(numbers)
        elif plan == "free":
            score = sorted(numbers)[1]
        else:
            score = max(numbers)

        newsletter = "true" if rng.chance(71 if last_order else 44) else "false"
        stamp = joined_at.strftime("%Y-%m-%dT%H:%M:%SZ")
        address = email(rng, taken)
        lines.append(f"{user_id},{address},{plan},{score},{newsletter},{last_order},{stamp}")
    return "\n".join(lines) + "\n"


def main() -> int:
    if sys.argv[1:] == ["--check"]:
        if not FILE.exists() or FILE.read_bytes() != users().encode():
            print(f"{FILE} differs from what {Path(__file__).name} makes", file=sys.stderr)
            return 1
        return 0
    if sys.argv[1:]:
        print(__doc__, file=sys.stderr)
        return 2
    FILE.write_bytes(users().encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
