// SPDX-License-Identifier: Apache-2.0

/* Debian's Embree ends the process when a ray is not finite or starts further out than 1.8e18. A scene's numbers
 * can lead to such rays in many ways, normals and shaders among them, so each ray is looked at on its way from
 * the kernels to Embree (the linker's --wrap). One that Embree wouldn't take hits nothing. */

#include <cmath>

#include <embree3/rtcore.h>

namespace {

constexpr float FARTHEST = 1e18f;

/* False for what is not a number, too. */
bool within(float x, float y, float z)
{
  return std::fabs(x) <= FARTHEST && std::fabs(y) <= FARTHEST && std::fabs(z) <= FARTHEST;
}

bool is_traceable(const RTCRay &ray)
{
  return within(ray.org_x, ray.org_y, ray.org_z) && within(ray.dir_x, ray.dir_y, ray.dir_z) &&
         ray.tnear == ray.tnear && ray.tfar == ray.tfar && ray.time == ray.time;
}

}  // namespace

extern "C" {

void __real_rtcIntersect1(RTCScene scene, RTCIntersectContext *context, RTCRayHit *rayhit);
void __real_rtcOccluded1(RTCScene scene, RTCIntersectContext *context, RTCRay *ray);

void __wrap_rtcIntersect1(RTCScene scene, RTCIntersectContext *context, RTCRayHit *rayhit)
{
  if (is_traceable(rayhit->ray)) {
    __real_rtcIntersect1(scene, context, rayhit);
  }
}

void __wrap_rtcOccluded1(RTCScene scene, RTCIntersectContext *context, RTCRay *ray)
{
  if (is_traceable(*ray)) {
    __real_rtcOccluded1(scene, context, ray);
  }
}

}  // extern "C"
