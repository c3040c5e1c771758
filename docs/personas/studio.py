"""The photo studio every persona sits in: one camera, one set of lights, a backdrop, and materials that read the canvas."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import bpy
import canvas
import numpy as np
from mathutils import Vector
from mesh_tools import Mesh
from PIL import Image

FRAME_HEIGHT_CM = 35.5
FRAME_CENTRE_Y = -1.2
LENS_MM, SENSOR_MM = 85.0, 24.0
CAMERA_DISTANCE = FRAME_HEIGHT_CM / SENSOR_MM * LENS_MM
OVERSAMPLING = 2

Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Painting:
    """What the canvas says of a surface; colour is sRGB (n, n, 3), the others (n, n): roughness, metal 0..1, height in cm."""

    colour: np.ndarray
    roughness: np.ndarray | float = 0.5
    metal: np.ndarray | float = 0.0
    height: np.ndarray | float = 0.0


@dataclass(frozen=True)
class Finish:
    """How a surface answers light beyond its painting; scatter is how deep (cm) red, green and blue travel under it."""

    scatter: Colour = (0.0, 0.0, 0.0)
    scatter_weight: float = 0.0
    coat: float = 0.0
    specular: float = 0.5
    sheen: float = 0.0
    glow: float = 0.0


@dataclass(frozen=True)
class Lighting:
    backdrop_inner: Colour
    backdrop_outer: Colour
    rim_left: Colour = (1.0, 0.9, 0.8)
    rim_right: Colour = (0.8, 0.9, 1.0)
    rim_power: float = 1.0
    fill: float = 1.0
    key: Colour = (1.0, 0.97, 0.93)
    exposure: float = 0.0


class Studio:
    """A Blender scene, made anew for each persona."""

    def __init__(self, lighting: Lighting) -> None:
        bpy.ops.wm.read_factory_settings(use_empty=True)
        self.scene = bpy.context.scene
        self._camera()
        self._lights(lighting)
        self._backdrop(lighting)
        self.scene.view_settings.view_transform = "AgX"
        self.scene.view_settings.look = "AgX - Medium High Contrast"
        self.scene.view_settings.exposure = lighting.exposure

    def add(self, mesh: Mesh, material: bpy.types.Material) -> None:
        data = bpy.data.meshes.new(material.name)
        data.from_pydata(mesh.points.tolist(), [], mesh.faces.tolist())
        data.shade_smooth()
        layer = data.uv_layers.new(name="canvas")
        corners = canvas.to_texture(mesh.paint)[mesh.faces.ravel()]
        layer.data.foreach_set("uv", corners.astype(np.float32).ravel())
        data.materials.append(material)
        self.scene.collection.objects.link(bpy.data.objects.new(material.name, data))

    def painted(self, name: str, painting: Painting, finish: Finish) -> bpy.types.Material:
        """A material that takes colour, roughness, metal and fine relief from a painting."""
        material, shader = self._material(name, finish)
        nodes, links = material.node_tree.nodes, material.node_tree.links
        size = painting.colour.shape[:2]
        colour = self._texture(nodes, f"{name} colour", _to_linear(painting.colour))
        links.new(colour.outputs["Color"], shader.inputs["Base Color"])
        channels = [np.broadcast_to(np.asarray(part, np.float32), size) for part in (painting.roughness, painting.metal)]
        channels.append(np.broadcast_to(np.asarray(painting.height, np.float32), size))
        surface = self._texture(nodes, f"{name} surface", np.stack(channels, -1))
        split = nodes.new("ShaderNodeSeparateColor")
        links.new(surface.outputs["Color"], split.inputs["Color"])
        links.new(split.outputs["Red"], shader.inputs["Roughness"])
        links.new(split.outputs["Green"], shader.inputs["Metallic"])
        bump = nodes.new("ShaderNodeBump")
        bump.inputs["Distance"].default_value = 1.0
        links.new(split.outputs["Blue"], bump.inputs["Height"])
        links.new(bump.outputs["Normal"], shader.inputs["Normal"])
        if finish.glow:
            links.new(colour.outputs["Color"], shader.inputs["Emission Color"])
        return material

    def plain(
        self, name: str, colour: Colour, roughness: float = 0.5, metal: float = 0.0, finish: Finish | None = None
    ) -> bpy.types.Material:
        material, shader = self._material(name, finish or Finish())
        linear = tuple(float(part) for part in _to_linear(np.array(colour)))
        shader.inputs["Base Color"].default_value = (*linear, 1)
        shader.inputs["Emission Color"].default_value = (*linear, 1)
        shader.inputs["Roughness"].default_value = roughness
        shader.inputs["Metallic"].default_value = metal
        return material

    def photograph(self, size: tuple[int, int], samples: int) -> Image.Image:
        render = self.scene.render
        render.engine = "CYCLES"
        self.scene.cycles.samples = samples
        self.scene.cycles.use_denoising = True
        self.scene.cycles.seed = 1
        self.scene.cycles.max_bounces = 6
        render.resolution_x, render.resolution_y = (side * OVERSAMPLING for side in size)
        with tempfile.TemporaryDirectory() as folder:
            render.filepath = str(Path(folder) / "portrait.png")
            bpy.ops.render.render(write_still=True)
            with Image.open(render.filepath) as picture:
                return picture.convert("RGB").resize(size, Image.Resampling.LANCZOS)

    def _material(self, name: str, finish: Finish) -> tuple[bpy.types.Material, bpy.types.ShaderNode]:
        material = bpy.data.materials.new(name)
        material.use_nodes = True
        shader = material.node_tree.nodes["Principled BSDF"]
        shader.inputs["Subsurface Weight"].default_value = finish.scatter_weight
        shader.inputs["Subsurface Radius"].default_value = finish.scatter
        shader.inputs["Subsurface Scale"].default_value = 1.0
        shader.inputs["Coat Weight"].default_value = finish.coat
        shader.inputs["Coat Roughness"].default_value = 0.12
        shader.inputs["Specular IOR Level"].default_value = finish.specular
        shader.inputs["Sheen Weight"].default_value = finish.sheen
        shader.inputs["Emission Strength"].default_value = finish.glow
        return material, shader

    def _texture(self, nodes: bpy.types.Nodes, name: str, values: np.ndarray) -> bpy.types.ShaderNode:
        height, width = values.shape[:2]
        image = bpy.data.images.new(name, width, height, float_buffer=True)
        pixels = np.ones((height, width, 4), np.float32)
        pixels[..., :3] = values[::-1]
        image.pixels.foreach_set(pixels.ravel())
        image.update()
        node = nodes.new("ShaderNodeTexImage")
        node.image = image
        node.interpolation = "Cubic"
        node.extension = "EXTEND"
        return node

    def _camera(self) -> None:
        camera = bpy.data.cameras.new("camera")
        camera.lens, camera.sensor_fit, camera.sensor_height = LENS_MM, "VERTICAL", SENSOR_MM
        holder = bpy.data.objects.new("camera", camera)
        holder.location = (0, FRAME_CENTRE_Y, CAMERA_DISTANCE)
        self.scene.collection.objects.link(holder)
        self.scene.camera = holder

    def _lights(self, lighting: Lighting) -> None:
        aim = Vector((0, 0, 0))
        for name, colour, power, size, place in (
            ("key", lighting.key, 105_000, 50, (-42, 46, 74)),
            ("fill", (0.92, 0.96, 1.0), 38_000 * lighting.fill, 80, (55, 10, 75)),
            ("lift", (1.0, 0.97, 0.94), 16_000 * lighting.fill, 70, (0, -60, 60)),
            ("rim left", lighting.rim_left, 60_000 * lighting.rim_power, 30, (-55, 22, -48)),
            ("rim right", lighting.rim_right, 60_000 * lighting.rim_power, 30, (55, 22, -48)),
        ):
            light = bpy.data.lights.new(name, "AREA")
            light.size, light.energy, light.color = size, power, colour
            holder = bpy.data.objects.new(name, light)
            holder.location = place
            holder.rotation_euler = (aim - Vector(place)).to_track_quat("-Z", "Y").to_euler()
            holder.visible_camera = False
            self.scene.collection.objects.link(holder)
        world = bpy.data.worlds.new("room")
        world.use_nodes = True
        world.node_tree.nodes["Background"].inputs["Color"].default_value = (0.16, 0.17, 0.19, 1)
        self.scene.world = world

    def _backdrop(self, lighting: Lighting) -> None:
        """A painted gradient behind the sitter that lights nothing."""
        rows, columns = np.mgrid[-1:1:640j, -1:1:512j]
        distance = np.sqrt((columns * 0.9) ** 2 + (rows + 0.12) ** 2)
        share = np.clip(distance / 1.25, 0, 1) ** 1.25
        share = (share * share * (3 - 2 * share))[..., None]
        picture = np.asarray(lighting.backdrop_inner) * (1 - share) + np.asarray(lighting.backdrop_outer) * share
        picture = picture + np.random.default_rng(3).normal(0, 0.004, picture.shape)
        material = bpy.data.materials.new("backdrop")
        material.use_nodes = True
        nodes, links = material.node_tree.nodes, material.node_tree.links
        nodes.remove(nodes["Principled BSDF"])
        glow = nodes.new("ShaderNodeEmission")
        texture = self._texture(nodes, "backdrop", _to_linear(np.clip(picture, 0, 1)))
        links.new(texture.outputs["Color"], glow.inputs["Color"])
        links.new(glow.outputs["Emission"], nodes["Material Output"].inputs["Surface"])
        depth = 60.0
        half_height = FRAME_HEIGHT_CM / 2 * (CAMERA_DISTANCE + depth) / CAMERA_DISTANCE * 1.01
        half_width = half_height * 0.8
        data = bpy.data.meshes.new("backdrop")
        corners = [
            (-half_width, -half_height),
            (half_width, -half_height),
            (half_width, half_height),
            (-half_width, half_height),
        ]
        data.from_pydata([(x, y + FRAME_CENTRE_Y, -depth) for x, y in corners], [], [(0, 1, 2, 3)])
        data.uv_layers.new(name="canvas").data.foreach_set("uv", [0, 0, 1, 0, 1, 1, 0, 1])
        data.materials.append(material)
        holder = bpy.data.objects.new("backdrop", data)
        for kind in ("diffuse", "glossy", "transmission", "shadow"):
            setattr(holder, f"visible_{kind}", False)
        self.scene.collection.objects.link(holder)


def _to_linear(srgb: Sequence[float] | np.ndarray) -> np.ndarray:
    srgb = np.clip(np.asarray(srgb, np.float32), 0, 1)
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
