// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

namespace ccl {
class Scene;
}

/* Adds to a scene what Cycles' XML can't say: instances, hair, points, motion. Everything else (shaders,
 * lights, background, film, integrator) comes from XML snippets. All arguments are checked. */
namespace paceline {

template<typename T> struct Span {
  const T *data = nullptr;
  size_t size = 0;
};

/* Positions of several moments, one after the other, from shutter opening to closing; the middle one is
 * where the geometry is without motion blur. */
struct MotionPositions {
  Span<float> xyz;
  /* 1, or an odd number of moments. */
  int steps = 1;
};

/* All return the geometry's number, for add_object. */
int add_mesh(ccl::Scene *scene,
             const MotionPositions &vertices,
             Span<int> triangles,
             Span<float> uv_per_corner,
             bool smooth,
             const std::string &shader);

struct Subdivision {
  bool catmull_clark;
  float dicing_rate;
  int max_level;
};

int add_subdivided_mesh(ccl::Scene *scene,
                        Span<float> vertices,
                        Span<int> face_sizes,
                        Span<int> corners,
                        const Subdivision &subdivision,
                        bool smooth,
                        const std::string &shader);

int add_curves(ccl::Scene *scene,
               const MotionPositions &keys,
               Span<float> radii,
               Span<int> first_keys,
               const std::string &shader);

int add_points(ccl::Scene *scene,
               const MotionPositions &points,
               Span<float> radii,
               const std::string &shader);

/* An instance. `transforms` holds a row-major 3x4 matrix for each moment: one, or an odd number. */
void add_object(ccl::Scene *scene, int geometry, Span<float> transforms);

/* `transforms` as for objects; camera space is x right, y up, z forward. The angle is vertical or
 * horizontal, whichever side of the image is shorter. */
void set_camera(ccl::Scene *scene, Span<float> transforms, float field_of_view);

/* Turns motion blur on; `shutter` is the part of the time between two frames that it is open. */
void set_motion_blur(ccl::Scene *scene, float shutter);

/* Curves as round tubes instead of flat ribbons that face the camera. */
void set_thick_curves(ccl::Scene *scene, bool thick);

}  // namespace paceline
