# SPDX-License-Identifier: Apache-2.0
"""Run by Blender: writes the matte of one object, read from an image's cryptomatte by the object's name."""

import sys

import bpy

image_file, width, height, layer, name, matte_file = sys.argv[sys.argv.index("--") + 1:]

scene = bpy.context.scene
scene.render.resolution_x = int(width)
scene.render.resolution_y = int(height)
scene.render.resolution_percentage = 100

# The compositor only runs as part of a render: let that be of nothing.
for thing in list(bpy.data.objects):
    if thing.type != "CAMERA":
        bpy.data.objects.remove(thing)
scene.render.engine = "CYCLES"
scene.cycles.samples = 1

scene.use_nodes = True
tree = scene.node_tree
tree.nodes.clear()
cryptomatte = tree.nodes.new("CompositorNodeCryptomatteV2")
cryptomatte.source = "IMAGE"
cryptomatte.image = bpy.data.images.load(image_file)
cryptomatte.layer_name = layer
cryptomatte.matte_id = name
composite = tree.nodes.new("CompositorNodeComposite")
tree.links.new(cryptomatte.outputs["Matte"], composite.inputs["Image"])

scene.render.image_settings.file_format = "OPEN_EXR"
scene.render.image_settings.color_depth = "32"
scene.render.image_settings.exr_codec = "ZIP"
scene.render.filepath = matte_file
bpy.ops.render.render(write_still=True)
