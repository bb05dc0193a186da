// SPDX-License-Identifier: Apache-2.0

/* The native methods of org.paceline.cycles.CyclesNative that drive a worker's device. */

#include "identity.h"
#include "jni_glue.h"
#include "kernel_level.h"
#include "worker_device.h"

using namespace paceline;

namespace {

WorkerDevice &device(jlong handle)
{
  return *reinterpret_cast<WorkerDevice *>(handle);
}

void *memory(jlong address)
{
  return reinterpret_cast<void *>(address);
}

}  // namespace

extern "C" {

JNIEXPORT jobjectArray JNICALL Java_org_paceline_cycles_CyclesNative_identity(JNIEnv *env, jclass)
{
  return guarded(env, jobjectArray(nullptr), [&] {
    const Identity identity = Identity::of_this_build();
    return to_java(
        env, std::vector<std::string>{identity.renderer, identity.version, identity.abi});
  });
}

JNIEXPORT jstring JNICALL Java_org_paceline_cycles_CyclesNative_bestKernelLevel(JNIEnv *env, jclass)
{
  return guarded(env, jstring(nullptr), [&] { return to_java(env, KernelLevel::best()); });
}

JNIEXPORT jlong JNICALL Java_org_paceline_cycles_CyclesNative_deviceOpen(JNIEnv *env,
                                                                        jclass,
                                                                        jint threads,
                                                                        jstring kernel_level)
{
  return guarded(env, jlong(0), [&] {
    return reinterpret_cast<jlong>(
        WorkerDevice::open(threads, to_string(env, kernel_level)).release());
  });
}

JNIEXPORT void JNICALL Java_org_paceline_cycles_CyclesNative_deviceClose(JNIEnv *env,
                                                                        jclass,
                                                                        jlong handle)
{
  guarded(env, [&] { delete &device(handle); });
}

JNIEXPORT jstring JNICALL
Java_org_paceline_cycles_CyclesNative_deviceDescription(JNIEnv *env, jclass, jlong handle)
{
  return guarded(
      env, jstring(nullptr), [&] { return to_java(env, device(handle).description()); });
}

JNIEXPORT jstring JNICALL
Java_org_paceline_cycles_CyclesNative_deviceKernels(JNIEnv *env, jclass, jlong handle)
{
  return guarded(env, jstring(nullptr), [&] { return to_java(env, device(handle).kernels()); });
}

JNIEXPORT void JNICALL Java_org_paceline_cycles_CyclesNative_deviceCheck(
    JNIEnv *env, jclass, jstring name, jbyteArray metadata, jlong length)
{
  guarded(env, [&] {
    const Bytes bytes(env, metadata);
    BufferMeta::decode(
        to_string(env, name), bytes.span().data, bytes.span().size, size_t(length));
  });
}

JNIEXPORT jlong JNICALL Java_org_paceline_cycles_CyclesNative_deviceHeldBytes(JNIEnv *env,
                                                                             jclass,
                                                                             jlong handle)
{
  return guarded(env, jlong(0), [&] { return jlong(device(handle).held_bytes()); });
}

JNIEXPORT void JNICALL Java_org_paceline_cycles_CyclesNative_deviceLimitBytes(JNIEnv *env,
                                                                             jclass,
                                                                             jlong handle,
                                                                             jlong most)
{
  guarded(env, [&] { device(handle).limit_bytes(most); });
}

JNIEXPORT void JNICALL Java_org_paceline_cycles_CyclesNative_deviceCopyTo(JNIEnv *env,
                                                                         jclass,
                                                                         jlong handle,
                                                                         jstring name,
                                                                         jbyteArray metadata,
                                                                         jlong address,
                                                                         jlong length)
{
  guarded(env, [&] {
    const Bytes bytes(env, metadata);
    device(handle).attach(to_string(env, name),
                          bytes.span().data,
                          bytes.span().size,
                          memory(address),
                          size_t(length));
  });
}

JNIEXPORT void JNICALL Java_org_paceline_cycles_CyclesNative_deviceFree(JNIEnv *env,
                                                                       jclass,
                                                                       jlong handle,
                                                                       jstring name)
{
  guarded(env, [&] { device(handle).detach(to_string(env, name)); });
}

JNIEXPORT void JNICALL Java_org_paceline_cycles_CyclesNative_deviceConstCopyTo(
    JNIEnv *env, jclass, jlong handle, jstring name, jlong address, jlong length)
{
  guarded(env, [&] {
    device(handle).set_constant(to_string(env, name), memory(address), size_t(length));
  });
}

JNIEXPORT void JNICALL Java_org_paceline_cycles_CyclesNative_deviceBuildBvh(
    JNIEnv *env, jclass, jlong handle, jlong address, jlong length)
{
  guarded(env, [&] { device(handle).describe_bvh(memory(address), size_t(length)); });
}

JNIEXPORT void JNICALL Java_org_paceline_cycles_CyclesNative_deviceCommit(JNIEnv *env,
                                                                         jclass,
                                                                         jlong handle)
{
  guarded(env, [&] { device(handle).commit(); });
}

JNIEXPORT jboolean JNICALL Java_org_paceline_cycles_CyclesNative_deviceRender(JNIEnv *env,
                                                                             jclass,
                                                                             jlong handle,
                                                                             jint x,
                                                                             jint y,
                                                                             jint width,
                                                                             jint height,
                                                                             jint first_sample,
                                                                             jint samples,
                                                                             jint stride,
                                                                             jlong address,
                                                                             jlong length)
{
  return guarded(env, jboolean(JNI_FALSE), [&] {
    const Unit unit = {x, y, width, height, first_sample, samples};
    return jboolean(device(handle).render(
        unit, stride, static_cast<float *>(memory(address)), size_t(length)));
  });
}

JNIEXPORT void JNICALL Java_org_paceline_cycles_CyclesNative_deviceCancel(JNIEnv *env,
                                                                         jclass,
                                                                         jlong handle)
{
  guarded(env, [&] { device(handle).cancel(); });
}

JNIEXPORT void JNICALL Java_org_paceline_cycles_CyclesNative_deviceReset(JNIEnv *env,
                                                                        jclass,
                                                                        jlong handle)
{
  guarded(env, [&] { device(handle).reset(); });
}

}  // extern "C"
