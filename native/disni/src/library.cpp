// SPDX-License-Identifier: Apache-2.0

/* Gives com.ibm.disni.verbs.impl.NativeDispatcher its native methods when the library is loaded. */

#include "native_method.h"

namespace paceline {

void throw_io_exception(JNIEnv *env, const char *message)
{
  if (const jclass type = env->FindClass("java/io/IOException")) {
    env->ThrowNew(type, message);
    env->DeleteLocalRef(type);
  }
}

}  // namespace paceline

using namespace paceline;

extern "C" JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM *vm, void *)
{
  JNIEnv *env = nullptr;
  if (vm->GetEnv(reinterpret_cast<void **>(&env), JNI_VERSION_1_8) != JNI_OK) {
    return JNI_ERR;
  }
  const jclass dispatcher = env->FindClass("com/ibm/disni/verbs/impl/NativeDispatcher");
  if (!dispatcher) {
    return JNI_ERR;
  }
  for (const auto &methods : {connection_methods(), device_methods(), memory_methods(),
                              queue_pair_methods(), completion_methods(), layout_methods()}) {
    if (env->RegisterNatives(dispatcher, methods.data(), jint(methods.size())) != JNI_OK) {
      return JNI_ERR;
    }
  }
  return JNI_VERSION_1_8;
}
