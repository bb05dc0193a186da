// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <jni.h>

#include <exception>
#include <new>
#include <type_traits>
#include <vector>

#include "error.h"

namespace paceline {

void throw_io_exception(JNIEnv *env, const char *message);

template<typename Type> constexpr char type_code();
template<> constexpr char type_code<void>() { return 'V'; }
template<> constexpr char type_code<jbyte>() { return 'B'; }
template<> constexpr char type_code<jshort>() { return 'S'; }
template<> constexpr char type_code<jint>() { return 'I'; }
template<> constexpr char type_code<jlong>() { return 'J'; }

/* The signature comes from the C++ type, so the two can't disagree. */
template<typename Result, typename... Arguments>
JNINativeMethod native_method(const char *name,
                              Result(JNICALL *function)(JNIEnv *, jobject, Arguments...))
{
  static char signature[] = {
      '(', type_code<Arguments>()..., ')', type_code<Result>(), '\0'};
  return {const_cast<char *>(name), signature, reinterpret_cast<void *>(function)};
}

/* A C++ function as a native method whose failures are thrown as IOException. */
template<auto function> struct Throwing;
template<typename Result, typename... Arguments, Result (*function)(Arguments...)>
struct Throwing<function> {
  static Result JNICALL call(JNIEnv *env, jobject, Arguments... arguments)
  {
    try {
      return function(arguments...);
    }
    catch (const std::bad_alloc &) {
      throw_io_exception(env, "not enough memory");
    }
    catch (const std::exception &error) {
      throw_io_exception(env, error.what());
    }
    return Result(-1);
  }
};

/* A C++ function as a native method that returns 0, or errno's value negated. */
template<auto function> struct Returning;
template<typename... Arguments, void (*function)(Arguments...)> struct Returning<function> {
  static jint JNICALL call(JNIEnv *, jobject, Arguments... arguments)
  {
    try {
      function(arguments...);
      return 0;
    }
    catch (const VerbsError &error) {
      return -error.code();
    }
    catch (const std::exception &) {
      return -ENOMEM;
    }
  }
};

template<auto function> JNINativeMethod throwing(const char *name)
{
  return native_method(name, &Throwing<function>::call);
}

template<auto function> JNINativeMethod returning(const char *name)
{
  return native_method(name, &Returning<function>::call);
}

using NativeMethods = std::vector<JNINativeMethod>;

/* What each file of this library gives to NativeDispatcher. */
NativeMethods connection_methods();
NativeMethods device_methods();
NativeMethods memory_methods();
NativeMethods queue_pair_methods();
NativeMethods completion_methods();
NativeMethods layout_methods();

}  // namespace paceline
