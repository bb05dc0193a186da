// SPDX-License-Identifier: Apache-2.0

/* The native methods of org.paceline.cycles.CyclesNative that open, build and read out a host's scene. */

#include <unistd.h>

#include "file_reads.h"
#include "host_scene.h"
#include "image_file.h"
#include "jni_glue.h"
#include "scene_content.h"

using namespace paceline;

namespace {

HostScene &host(jlong handle)
{
  return *reinterpret_cast<HostScene *>(handle);
}

FilmView film_view(jlong address, jlong length, jint samples)
{
  return {reinterpret_cast<float *>(address), size_t(length), samples};
}

/* u32 calls, each: u8 kind, u32 + name, u32 + metadata, u64 address, u64 length. */
std::vector<uint8_t> encode(const std::vector<HostDevice::Call> &calls)
{
  ByteWriter out;
  out.put(uint32_t(calls.size()));
  for (const HostDevice::Call &call : calls) {
    out.put(uint8_t(call.kind));
    out.text(call.name);
    out.blob(call.metadata);
    out.put(uint64_t(reinterpret_cast<uintptr_t>(call.address)));
    out.put(uint64_t(call.length));
  }
  return out.take();
}

const char *rule_name(MergeRule rule)
{
  switch (rule) {
    case MergeRule::FIRST:
      return "FIRST";
    case MergeRule::COUNT:
      return "COUNT";
    case MergeRule::CRYPTOMATTE:
      return "CRYPTOMATTE";
    default:
      return "SUM";
  }
}

/* u32 width, height, stride, passes; each pass: u32 + name, u32 offset, components, u32 + rule. */
std::vector<uint8_t> encode_film(const HostScene &scene)
{
  const ccl::BufferParams &film = scene.film();
  const std::vector<FilmPass> passes = film_passes(film);
  ByteWriter out;
  out.put(uint32_t(film.width));
  out.put(uint32_t(film.height));
  out.put(uint32_t(film.pass_stride));
  out.put(uint32_t(passes.size()));
  for (const FilmPass &pass : passes) {
    out.text(pass.name);
    out.put(uint32_t(pass.offset));
    out.put(uint32_t(pass.components));
    out.text(rule_name(pass.rule));
  }
  return out.take();
}

}  // namespace

extern "C" {

JNIEXPORT jlong JNICALL Java_org_paceline_cycles_CyclesNative_sceneCreate(JNIEnv *env,
                                                                         jclass,
                                                                         jint width,
                                                                         jint height,
                                                                         jint samples,
                                                                         jint threads,
                                                                         jboolean traced,
                                                                         jobjectArray passes,
                                                                         jboolean strict)
{
  return guarded(env, jlong(0), [&] {
    const SceneSettings settings = {
        width, height, samples, threads, traced == JNI_TRUE, to_strings(env, passes), strict == JNI_TRUE};
    return reinterpret_cast<jlong>(new HostScene(settings));
  });
}

JNIEXPORT void JNICALL Java_org_paceline_cycles_CyclesNative_sceneDestroy(JNIEnv *env,
                                                                         jclass,
                                                                         jlong handle)
{
  guarded(env, [&] { delete &host(handle); });
}

JNIEXPORT void JNICALL Java_org_paceline_cycles_CyclesNative_sceneReadFile(JNIEnv *env,
                                                                          jclass,
                                                                          jlong handle,
                                                                          jstring path)
{
  guarded(env, [&] { host(handle).read_file(to_string(env, path)); });
}

JNIEXPORT void JNICALL Java_org_paceline_cycles_CyclesNative_sceneReadText(
    JNIEnv *env, jclass, jlong handle, jstring xml, jstring base)
{
  guarded(env, [&] { host(handle).read_text(to_string(env, xml), to_string(env, base)); });
}

JNIEXPORT jint JNICALL Java_org_paceline_cycles_CyclesNative_sceneAddMesh(JNIEnv *env,
                                                                         jclass,
                                                                         jlong handle,
                                                                         jfloatArray vertices,
                                                                         jint steps,
                                                                         jintArray triangles,
                                                                         jfloatArray uv,
                                                                         jboolean smooth,
                                                                         jstring shader)
{
  return guarded(env, jint(-1), [&] {
    const Floats positions(env, vertices), coordinates(env, uv);
    const Ints corners(env, triangles);
    return jint(add_mesh(host(handle).scene(),
                         {positions.span(), steps},
                         corners.span(),
                         coordinates.span(),
                         smooth == JNI_TRUE,
                         to_string(env, shader)));
  });
}

JNIEXPORT jint JNICALL
Java_org_paceline_cycles_CyclesNative_sceneAddSubdividedMesh(JNIEnv *env,
                                                             jclass,
                                                             jlong handle,
                                                             jfloatArray vertices,
                                                             jintArray face_sizes,
                                                             jintArray corners,
                                                             jboolean catmull_clark,
                                                             jfloat dicing_rate,
                                                             jint max_level,
                                                             jboolean smooth,
                                                             jstring shader)
{
  return guarded(env, jint(-1), [&] {
    const Floats positions(env, vertices);
    const Ints sizes(env, face_sizes), indices(env, corners);
    return jint(add_subdivided_mesh(host(handle).scene(),
                                    positions.span(),
                                    sizes.span(),
                                    indices.span(),
                                    {catmull_clark == JNI_TRUE, dicing_rate, max_level},
                                    smooth == JNI_TRUE,
                                    to_string(env, shader)));
  });
}

JNIEXPORT jint JNICALL Java_org_paceline_cycles_CyclesNative_sceneAddCurves(JNIEnv *env,
                                                                           jclass,
                                                                           jlong handle,
                                                                           jfloatArray keys,
                                                                           jint steps,
                                                                           jfloatArray radii,
                                                                           jintArray first_keys,
                                                                           jstring shader)
{
  return guarded(env, jint(-1), [&] {
    const Floats positions(env, keys), widths(env, radii);
    const Ints firsts(env, first_keys);
    return jint(add_curves(host(handle).scene(),
                           {positions.span(), steps},
                           widths.span(),
                           firsts.span(),
                           to_string(env, shader)));
  });
}

JNIEXPORT jint JNICALL Java_org_paceline_cycles_CyclesNative_sceneAddPoints(JNIEnv *env,
                                                                           jclass,
                                                                           jlong handle,
                                                                           jfloatArray points,
                                                                           jint steps,
                                                                           jfloatArray radii,
                                                                           jstring shader)
{
  return guarded(env, jint(-1), [&] {
    const Floats positions(env, points), widths(env, radii);
    return jint(add_points(host(handle).scene(),
                           {positions.span(), steps},
                           widths.span(),
                           to_string(env, shader)));
  });
}

JNIEXPORT void JNICALL Java_org_paceline_cycles_CyclesNative_sceneAddObject(
    JNIEnv *env, jclass, jlong handle, jint geometry, jfloatArray transforms)
{
  guarded(env, [&] {
    const Floats floats(env, transforms);
    add_object(host(handle).scene(), geometry, floats.span());
  });
}

JNIEXPORT void JNICALL Java_org_paceline_cycles_CyclesNative_sceneCamera(
    JNIEnv *env, jclass, jlong handle, jfloatArray transforms, jfloat field_of_view)
{
  guarded(env, [&] {
    const Floats floats(env, transforms);
    set_camera(host(handle).scene(), floats.span(), field_of_view);
  });
}

JNIEXPORT void JNICALL Java_org_paceline_cycles_CyclesNative_sceneMotionBlur(JNIEnv *env,
                                                                            jclass,
                                                                            jlong handle,
                                                                            jfloat shutter)
{
  guarded(env, [&] { set_motion_blur(host(handle).scene(), shutter); });
}

JNIEXPORT void JNICALL Java_org_paceline_cycles_CyclesNative_sceneThickCurves(JNIEnv *env,
                                                                             jclass,
                                                                             jlong handle,
                                                                             jboolean thick)
{
  guarded(env, [&] { set_thick_curves(host(handle).scene(), thick == JNI_TRUE); });
}

JNIEXPORT void JNICALL Java_org_paceline_cycles_CyclesNative_sceneUpdate(JNIEnv *env,
                                                                        jclass,
                                                                        jlong handle)
{
  guarded(env, [&] { host(handle).update(); });
}

JNIEXPORT jobjectArray JNICALL
Java_org_paceline_cycles_CyclesNative_sceneWarnings(JNIEnv *env, jclass, jlong handle)
{
  return guarded(
      env, jobjectArray(nullptr), [&] { return to_java(env, host(handle).warnings()); });
}

JNIEXPORT jobjectArray JNICALL
Java_org_paceline_cycles_CyclesNative_slowReads(JNIEnv *env, jclass, jlong milliseconds)
{
  return guarded(env, jobjectArray(nullptr), [&] {
    return to_java(env, FileRead::longer_than(std::chrono::milliseconds(milliseconds)));
  });
}

JNIEXPORT jbyteArray JNICALL
Java_org_paceline_cycles_CyclesNative_sceneTakeCalls(JNIEnv *env, jclass, jlong handle)
{
  return guarded(env, jbyteArray(nullptr), [&] {
    return to_java(env, encode(host(handle).take_calls()));
  });
}

JNIEXPORT jbyteArray JNICALL
Java_org_paceline_cycles_CyclesNative_sceneTakeBvh(JNIEnv *env, jclass, jlong handle)
{
  return guarded(
      env, jbyteArray(nullptr), [&] { return to_java(env, host(handle).take_bvh()); });
}

JNIEXPORT jbyteArray JNICALL
Java_org_paceline_cycles_CyclesNative_sceneFilm(JNIEnv *env, jclass, jlong handle)
{
  return guarded(
      env, jbyteArray(nullptr), [&] { return to_java(env, encode_film(host(handle))); });
}

JNIEXPORT jfloatArray JNICALL Java_org_paceline_cycles_CyclesNative_scenePassPixels(
    JNIEnv *env, jclass, jlong handle, jlong film, jlong length, jint samples, jstring pass)
{
  return guarded(env, jfloatArray(nullptr), [&] {
    return to_java(
        env,
        read_pass(host(handle).film(), film_view(film, length, samples), to_string(env, pass)));
  });
}

JNIEXPORT jint JNICALL Java_org_paceline_cycles_CyclesNative_sceneEncodeImage(JNIEnv *env,
                                                                             jclass,
                                                                             jlong handle,
                                                                             jlong film,
                                                                             jlong length,
                                                                             jint samples,
                                                                             jobjectArray passes,
                                                                             jstring layer,
                                                                             jstring file_name)
{
  return guarded(env, jint(-1), [&] {
    return jint(encode_image(
        *host(handle).scene(),
        host(handle).film(),
        film_view(film, length, samples),
        {to_strings(env, passes), to_string(env, file_name), to_string(env, layer)}));
  });
}

JNIEXPORT void JNICALL Java_org_paceline_cycles_CyclesNative_closeImage(JNIEnv *env,
                                                                       jclass,
                                                                       jint descriptor)
{
  guarded(env, [&] { close(descriptor); });
}

JNIEXPORT jboolean JNICALL Java_org_paceline_cycles_CyclesNative_sceneRender(JNIEnv *env,
                                                                            jclass,
                                                                            jlong handle,
                                                                            jint x,
                                                                            jint y,
                                                                            jint width,
                                                                            jint height,
                                                                            jint first_sample,
                                                                            jint samples,
                                                                            jlong address,
                                                                            jlong length)
{
  return guarded(env, jboolean(JNI_FALSE), [&] {
    const Unit unit = {x, y, width, height, first_sample, samples};
    return jboolean(host(handle).renderer().render(unit,
                                                   host(handle).film().pass_stride,
                                                   reinterpret_cast<float *>(address),
                                                   size_t(length)));
  });
}

JNIEXPORT void JNICALL Java_org_paceline_cycles_CyclesNative_sceneCancel(JNIEnv *env,
                                                                        jclass,
                                                                        jlong handle)
{
  guarded(env, [&] { host(handle).renderer().cancel(); });
}

}  // extern "C"
