"""How good a swap is, on clips and portraits of one's own: `python -m bench.quality --clips FOLDER --portraits FOLDER`.

Each clip's person gets the faces of some of the portraits, by `ModelPrediction.predict` in this process: mark off, JPEG quality
90, the state of frame n - 2 with frame n, as when two frames are in flight. What comes back is compared with the frame that was
sent, encoded once more at the same quality, so that a routine which changes nothing scores 1 in jitter, flicker and detail.
Figures are means over all pairs. A swapped frame in which no face is found, and a portrait that is refused, count as the worst
there is, not as missing.

identity        cosine of SFace embeddings, swapped face and portrait; and swapped face and camera person
retrieval       share of frames whose nearest of all portraits and all camera persons is the chosen portrait
head pose       angle between the heads of the camera's and the swapped frame, degrees
expression      mean difference of 52 blendshapes (MediaPipe's network, 0 to 1)
jitter          mean second difference of the landmarks over time, swapped by camera: 1 is as steady as the camera
lag             frames by which the swapped face is behind, 0 to 3, by which shift it fits the camera's best
flicker         mean second difference of the face's pixels over time, swapped by camera: less than 1 is blur
detail          what a Gaussian of two pixels takes out of the face, swapped by camera
background      PSNR away from the face, dB
self-swap       PSNR of the face, dB, when the source is a later frame of the same person, the one that is turned most from the
                first: a perfect swap gives back the camera's frame
occluder        PSNR, dB, of a textured bar that crosses the face and should stay in front; 0 where nothing was swapped
found           share of swapped frames in which a face is found
milliseconds    a frame, decoding to encoding, median; one thread

Faces are found by the model folder's own detector and landmark network, in every frame anew, nothing smoothed.
"""
