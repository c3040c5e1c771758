// The camera of the stage: the one that its address names, by its name or a part of it, else the one chosen on the page, else any.
import { CameraProblem, listCameras, openCamera } from "../camera.js";
import { preference } from "../preferences.js";
import { resolutionNamed } from "../resolution.js";

/** Another camera than the one that was asked for is never shown. */
export async function openStageCamera(video, asked, onended) {
  const resolution = resolutionNamed(asked.resolution ?? preference("resolution"));
  const open = (id) => openCamera(video, id, resolution, onended);
  const cameras = await listCameras();
  if (!asked.camera) return open(cameras.find(({ id }) => id !== "" && id === preference("camera"))?.id ?? "");
  const named = find(cameras, asked.camera);
  if (named) return open(named.id);
  // Browsers tell the names of cameras only while one is open.
  const any = await open("");
  const found = find(await listCameras(), asked.camera);
  if (found && found.id === any.track.getSettings().deviceId) return any;
  any.close();
  if (!found) throw new CameraProblem("asked_camera");
  return open(found.id);
}

function find(cameras, asked) {
  const wanted = asked.toLowerCase();
  const known = cameras.filter(({ id }) => id !== "");
  return known.find(({ id, label }) => id === asked || label.toLowerCase() === wanted) ?? known.find(({ label }) => label.toLowerCase().includes(wanted));
}
