// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <jni.h>

#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "c_locale.h"
#include "error.h"
#include "float_mode.h"
#include "scene_content.h"

namespace paceline {

/* Set when a JNI function failed and left a Java exception pending: nothing more to report. */
class JavaExceptionPending : public std::exception {
};

void throw_java(JNIEnv *env, const std::string &message);

/* Runs the body of a native method: no C++ exception may reach the JVM, its float mode must stay, and its locale
 * must not matter. */
template<typename Result, typename Body> Result guarded(JNIEnv *env, Result on_error, Body body)
{
  const FloatModeScope float_mode;
  try {
    const CLocaleScope locale;
    return body();
  }
  catch (const JavaExceptionPending &) {
  }
  catch (const std::bad_alloc &) {
    throw_java(env, "not enough memory");
  }
  catch (const std::exception &error) {
    throw_java(env, error.what());
  }
  catch (...) {
    throw_java(env, "an unknown C++ exception");
  }
  return on_error;
}

template<typename Body> void guarded(JNIEnv *env, Body body)
{
  guarded(env, 0, [&] {
    body();
    return 0;
  });
}

std::string to_string(JNIEnv *env, jstring text);
std::vector<std::string> to_strings(JNIEnv *env, jobjectArray texts);
jstring to_java(JNIEnv *env, const std::string &text);
jobjectArray to_java(JNIEnv *env, const std::vector<std::string> &texts);
jbyteArray to_java(JNIEnv *env, const std::vector<uint8_t> &bytes);
jfloatArray to_java(JNIEnv *env, const std::vector<float> &floats);

/* The elements of a primitive array, which may be null, for as long as this lives. */
template<typename JavaArray, typename Element> class Elements {
 public:
  Elements(JNIEnv *env, JavaArray array);
  ~Elements();
  Elements(const Elements &) = delete;
  Elements &operator=(const Elements &) = delete;

  Span<Element> span() const
  {
    return {reinterpret_cast<const Element *>(data_), size_};
  }

 private:
  JNIEnv *env_;
  JavaArray array_;
  void *data_ = nullptr;
  size_t size_ = 0;
};

using Floats = Elements<jfloatArray, float>;
using Ints = Elements<jintArray, int>;
using Bytes = Elements<jbyteArray, uint8_t>;

}  // namespace paceline
