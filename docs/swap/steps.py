"""Makes the pictures of docs/swap.md, in the project's own environment (`make models` and what `make test` installs):

.venv/bin/python docs/swap/steps.py                    all of them, into docs/images
.venv/bin/python docs/swap/steps.py warp light         only these strips
.venv/bin/python docs/swap/steps.py --folder /tmp/look elsewhere

The photographs are the gallery's two, public-domain portraits of Eileen Collins (NASA) and Grace Hopper (US Navy), and its
painted personas; whatever else is seen in front of a face is drawn.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "prediction_routine"))
import pictures
import things
from workshop import Workshop

from faceswap.arrays import AnyArray, Image
from faceswap.canonical import Unfolded
from faceswap.geometry import inverse, region_of, transform
from faceswap.mesh_engine import Fitted
from faceswap.model_folder import ModelFolderError
from faceswap.source import Source
from tests.footage import ASTRONAUT, HOPPER, ROOT

FACES = ASTRONAUT.parent
SKULL = FACES / "sugar-skull.jpg"
FRAME = (640, 480)
Panels = list[AnyArray]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("strips", nargs="*", help=f"of {', '.join(STRIPS)}; all when none is named")
    parser.add_argument("--folder", type=Path, default=ROOT / "docs" / "images", help="where the pictures go")
    parser.add_argument("--model", type=Path, default=ROOT / "prediction_routine" / "model", help="the model folder")
    options = parser.parse_args()
    if unknown := set(options.strips) - set(STRIPS):
        parser.error(f"there is no strip {', '.join(sorted(unknown))}; there are {', '.join(STRIPS)}")
    cv2.setNumThreads(1)
    try:
        shop = Workshop(options.model)
    except ModelFolderError as error:
        raise SystemExit(str(error)) from None
    options.folder.mkdir(parents=True, exist_ok=True)
    for name in options.strips or STRIPS:
        panels = STRIPS[name](shop)
        if panels is None:
            print(f"{name}: left out, the model folder {options.model} holds no harmoniser")
            continue
        path = options.folder / f"swap-{name}.jpg"
        pictures.save_strip(path, panels)
        print(f"{path}: {path.stat().st_size // 1000} KB")


def photo(path: Path) -> Image:
    return np.asarray(cv2.imread(str(path)), np.uint8)


def camera(path: Path, top: int = 40) -> Image:
    """A portrait as a webcam would show it, from this row on."""
    picture = photo(path)
    large = cv2.resize(picture, (FRAME[0], FRAME[0] * picture.shape[0] // picture.shape[1]), interpolation=cv2.INTER_CUBIC)
    return np.asarray(large[top : top + FRAME[1]], np.uint8)


def follow(shop: Workshop) -> Panels:
    frame = camera(ASTRONAUT)
    detected = next(found for found in shop.detector(frame) if found)[0].region
    landmarks = shop.portrait(frame).face.landmarks
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    squares = [transform(corners, inverse(region.to_square(1))) for region in (detected, region_of(landmarks))]
    return [
        *(pictures.with_square(frame, square) for square in squares),
        pictures.close(pictures.with_points(frame, landmarks), landmarks),
        pictures.close(pictures.with_mesh(frame, landmarks, shop.mesh.triangles), landmarks),
    ]


def prepare(shop: Workshop) -> Panels:
    picture = photo(ASTRONAUT)
    made = shop.prepared(picture)
    return [picture, pictures.tinted(made.upright, made.covered / np.float32(255)), _texture(made.unfolded), made.whole]


def mend(shop: Workshop) -> Panels:
    lit = things.lit_from_left(shop.portrait(photo(ASTRONAUT)), hardness=4, dark=0.4)
    picture = things.changed(shop.portrait(lit), things.glasses(rim=0.012, height=0.7))
    made = shop.prepared(picture)
    return [picture, *(_texture(face) for face in (made.unfolded, made.bare, made.even)), made.whole]


def _texture(face: Unfolded) -> Image:
    return np.asarray(np.where(face.face[:, :, None] > 0, np.clip(face.texture, 0, 255), 0), np.uint8)


def eyes(shop: Workshop) -> Panels:
    picture, frame = photo(FACES / "alien.jpg"), camera(ASTRONAUT)
    source, user = shop.source(picture), shop.portrait(frame).face.landmarks
    _, changed = shop.fitted(frame, source)
    panels = [frame, changed, shop.swapped(frame, source, tone="source")]
    return [pictures.close(picture, shop.portrait(picture).face.landmarks), *(pictures.close(each, user) for each in panels)]


def shape(shop: Workshop) -> Panels:
    frame, source = camera(ASTRONAUT), _source(shop, FACES / "tiger.jpg")
    face = shop.portrait(frame).face
    movement = shop.space.movement(face.proportions, source.proportions, face.pose, 0.7)
    _, changed = shop.fitted(frame, source)
    panels = [frame, pictures.with_arrows(frame, face.landmarks, movement), changed]
    return [photo(FACES / "tiger.jpg"), *(pictures.close(panel, face.landmarks) for panel in panels)]


def warp(shop: Workshop) -> Panels:
    source = _source(shop, SKULL)
    fitted, _ = shop.fitted(camera(ASTRONAUT), source)
    triangles, texture = shop.mesh.triangles, fitted.texture
    return [
        photo(SKULL),
        pictures.with_mesh(*pictures.twice(source.levels[0].texture, source.levels[0].points), triangles),
        pictures.with_mesh(*pictures.twice(*pictures.twice(fitted.user, fitted.points)), triangles),
        pictures.numbered(texture.triangles),
        pictures.places(texture.x, texture.y, fitted.level.texture.shape[0]),
        _within(fitted, fitted.warped),
    ]


def visibility(shop: Workshop) -> Panels:
    frame = things.changed(shop.portrait(camera(ASTRONAUT)), things.hand_at(point=187, seed=10, angle=-80))
    source = _source(shop, SKULL)
    fitted, _ = shop.fitted(frame, source)
    return [frame, pictures.grey(shop.occlusion(fitted.user)), shop.swapped(frame, source, tone="source")]


def light(shop: Workshop) -> Panels:
    frame = things.lit_from_left(shop.portrait(camera(ASTRONAUT)), hardness=4, dark=0.4)
    fitted, _ = shop.fitted(frame, _source(shop, SKULL))
    return [fitted.user, *(_within(fitted, each) for each in (fitted.warped, pictures.factors(fitted.gain), fitted.lit))]


def mask(shop: Workshop) -> Panels:
    frame, source = camera(ASTRONAUT), _source(shop, SKULL)
    fitted, _ = shop.fitted(frame, source)
    masks = [pictures.grey(each) for each in (fitted.mask.skin / np.float32(255), fitted.mask.alpha)]
    return [fitted.user, *masks, shop.swapped(frame, source, tone="source")]


def harmonise(shop: Workshop) -> Panels | None:
    if shop.harmoniser is None:
        return None
    frame, own = camera(ASTRONAUT), shop.portrait(photo(ASTRONAUT))
    shaded = things.lit_from_left(own, hardness=14, dark=0.3)
    source = shop.source(shaded)
    fitted, _ = shop.fitted(frame, source)
    change = shop.harmoniser(fitted.user, fitted.lit, fitted.mask, 1.0)
    if change is None:
        raise SystemExit("the harmoniser of this model folder gives no numbers")
    landmarks = shop.portrait(frame).face.landmarks
    without, harmonised = (pictures.close(shop.swapped(frame, source, harmoniser=share), landmarks) for share in (0.0, 1.0))
    added = _within(fitted, pictures.differences(change))
    return [shaded, without, added, harmonised, pictures.close(frame, landmarks)]


def _within(fitted: Fitted, picture: Image) -> Image:
    """Black where the mesh is not."""
    return np.asarray(np.where((fitted.texture.visible > 0)[:, :, None], picture, 0), np.uint8)


def results(shop: Workshop) -> Panels:
    frame = camera(ASTRONAUT)
    painted = [shop.swapped(frame, _source(shop, FACES / f"{slug}.jpg"), tone="source") for slug in ("tiger", "alien")]
    return [frame, shop.swapped(frame, _source(shop, HOPPER)), *painted]


def limit_turned(shop: Workshop) -> Panels:
    """Of which half is not seen."""
    return _with_source(shop, things.turned(shop.portrait(photo(ASTRONAUT)), shop.mesh, 60))


def limit_shadow(shop: Workshop) -> Panels:
    return _with_source(shop, things.lit_from_left(shop.portrait(photo(ASTRONAUT)), hardness=60, dark=0.12))


def limit_glasses(shop: Workshop) -> Panels:
    return _with_source(shop, photo(HOPPER))


def limit_hand(shop: Workshop) -> Panels:
    return _on_user(shop, things.changed(shop.portrait(camera(ASTRONAUT)), things.hand_at(point=13, seed=20, angle=-60)))


def limit_beard(shop: Workshop) -> Panels:
    return _on_user(shop, things.changed(shop.portrait(camera(ASTRONAUT)), things.beard(seed=20)))


def limit_user_glasses(shop: Workshop) -> Panels:
    return _on_user(shop, camera(HOPPER, top=120))


def limit_small(shop: Workshop) -> Panels:
    frame = things.far_away(photo(ASTRONAUT), FRAME, 110)
    return [frame, *_on_user(shop, frame)]


def _with_source(shop: Workshop, picture: Image) -> Panels:
    """A photo, what is made of it, and a user with its face."""
    return [picture, shop.prepared(picture).whole, shop.swapped(camera(ASTRONAUT), shop.source(picture))]


def _on_user(shop: Workshop, frame: Image) -> Panels:
    """The face in a frame before and after."""
    landmarks = shop.portrait(frame).face.landmarks
    swapped = shop.swapped(frame, _source(shop, SKULL), tone="source")
    return [pictures.close(each, landmarks) for each in (frame, swapped)]


def _source(shop: Workshop, path: Path) -> Source:
    return shop.source(photo(path))


STRIPS: dict[str, Callable[[Workshop], Panels | None]] = {
    "follow": follow,
    "prepare": prepare,
    "mend": mend,
    "eyes": eyes,
    "shape": shape,
    "warp": warp,
    "visibility": visibility,
    "light": light,
    "mask": mask,
    "harmonise": harmonise,
    "results": results,
    "limit-turned": limit_turned,
    "limit-shadow": limit_shadow,
    "limit-glasses": limit_glasses,
    "limit-hand": limit_hand,
    "limit-beard": limit_beard,
    "limit-user-glasses": limit_user_glasses,
    "limit-small": limit_small,
}

if __name__ == "__main__":
    main()
