"""One picture, swapped: python swap_picture.py portrait.jpg swapped.jpg --face "Sugar skull" --agree"""

import sys
import time
from pathlib import Path

from faceswap_api import ENDED, POLL_SECONDS, Api, Refused, agreed, arguments, options_of


def main() -> int:
    parser = arguments(str(__doc__))
    parser.add_argument("picture", type=Path)
    parser.add_argument("result", type=Path)
    parser.add_argument("--agree", action="store_true", help="everyone in it agreed; the statement is shown without this")
    given = parser.parse_args()
    api = Api(given.site, given.token)
    try:
        consent = agreed(api, given.agree)
        job = api.start(api.upload(given.picture, consent), "picture", api.face(given.face), options_of(given.option))
        while job["state"] not in ENDED:
            time.sleep(POLL_SECONDS)
            job = api.job(job["id"])
        if job["result"]:
            api.fetch(job["result"], given.result)
        api.delete(job["id"])
    except (Refused, OSError) as error:
        print(f"Not swapped: {error}", file=sys.stderr)
        return 1
    if job["state"] != "done":
        print(f"Not swapped: {job['message']}", file=sys.stderr)
        return 1
    for note in job["notes"]:
        print(note)
    print(f"{len(job['faces'])} faces, saved in {given.result}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
