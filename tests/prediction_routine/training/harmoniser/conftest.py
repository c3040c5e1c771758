import numpy as np
import pytest

from faceswap.mesh import Mesh
from faceswap.mesh_engine import MeshEngine
from faceswap.model_folder import ModelFolder
from faceswap.networks import Network
from faceswap.occlusion import Occlusion
from faceswap.pipeline import FrameSwapper
from faceswap.proportions import ProportionSpace
from tests.footage import ASTRONAUT, HOPPER, carphone, decoded
from training.harmoniser.footage import Shot
from training.harmoniser.pairs import Pairing, Pairs, candidates


@pytest.fixture(scope="session")
def people(swapper: FrameSwapper) -> dict[str, list[Shot]]:
    """Two frames of one man, one photo of each of two other people."""
    found = {}
    pictures = {
        "carphone": carphone(8)[::7],
        "astronaut": [decoded(ASTRONAUT.read_bytes())],
        "hopper": [decoded(HOPPER.read_bytes())],
    }
    for person, frames in pictures.items():
        found[person] = [Shot(frame, swapper._track(frame, None, None, "largest")[0][0]) for frame in frames]
    return found


@pytest.fixture(scope="session")
def pairs(people: dict[str, list[Shot]], mesh: Mesh, model_folder: ModelFolder, swapper: FrameSwapper) -> Pairs:
    """Everybody's face on everybody."""
    rng, backgrounds = np.random.default_rng(0), [shots[0].frame for shots in people.values()]
    make_source = swapper._make_source
    made = [c for person, shots in people.items() for c in candidates(rng, person, shots, backgrounds, make_source)]
    engine = MeshEngine(mesh, ProportionSpace(mesh), Occlusion(Network(model_folder.files["visibility"])))
    pairing = Pairing(engine)
    for person, shots in people.items():
        for shot in shots:
            for number, candidate in enumerate(made):
                pairing.add(shot, person, number, candidate)
    return pairing.pairs([candidate.photo for candidate in made])
