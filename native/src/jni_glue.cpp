// SPDX-License-Identifier: Apache-2.0
#include "jni_glue.h"

#include <climits>

#include "util/path.h"

namespace paceline {

namespace {

/* Java's strings are UTF-16 and JNI's UTF functions use a variant of UTF-8; scene files and paths hold real
 * UTF-8, so conversion goes through java.lang.String's own. */
jobject utf8_charset(JNIEnv *env)
{
  const jclass charsets = env->FindClass("java/nio/charset/StandardCharsets");
  const jfieldID utf8 = env->GetStaticFieldID(charsets, "UTF_8", "Ljava/nio/charset/Charset;");
  return env->GetStaticObjectField(charsets, utf8);
}

/* Drops the references made while it lives, which otherwise pile up until the native method returns. */
class LocalFrame {
 public:
  explicit LocalFrame(JNIEnv *env) : env_(env)
  {
    if (env->PushLocalFrame(16) != 0) {
      throw JavaExceptionPending();
    }
  }
  ~LocalFrame()
  {
    env_->PopLocalFrame(nullptr);
  }
  LocalFrame(const LocalFrame &) = delete;
  LocalFrame &operator=(const LocalFrame &) = delete;

 private:
  JNIEnv *env_;
};

void check_pending(JNIEnv *env)
{
  if (env->ExceptionCheck()) {
    throw JavaExceptionPending();
  }
}

}  // namespace

void throw_java(JNIEnv *env, const std::string &message)
{
  if (env->ExceptionCheck()) {
    return;
  }
  const jclass type = env->FindClass("org/paceline/cycles/CyclesException");
  if (!type) {
    return;
  }
  const jmethodID constructor = env->GetMethodID(type, "<init>", "(Ljava/lang/String;)V");
  try {
    env->Throw(static_cast<jthrowable>(
        env->NewObject(type, constructor, to_java(env, message))));
  }
  catch (const JavaExceptionPending &) {
    /* The JVM is out of memory and says so itself. */
  }
}

std::string to_string(JNIEnv *env, jstring text)
{
  if (!text) {
    throw Error("a text is null");
  }
  const jmethodID get_bytes = env->GetMethodID(
      env->FindClass("java/lang/String"), "getBytes", "(Ljava/nio/charset/Charset;)[B");
  const auto bytes = static_cast<jbyteArray>(
      env->CallObjectMethod(text, get_bytes, utf8_charset(env)));
  check_pending(env);
  std::string result(size_t(env->GetArrayLength(bytes)), '\0');
  env->GetByteArrayRegion(
      bytes, 0, jsize(result.size()), reinterpret_cast<jbyte *>(result.data()));
  env->DeleteLocalRef(bytes);
  return result;
}

std::vector<std::string> to_strings(JNIEnv *env, jobjectArray texts)
{
  std::vector<std::string> result;
  for (jsize i = 0; i < env->GetArrayLength(texts); i++) {
    const LocalFrame frame(env);
    result.push_back(to_string(env, static_cast<jstring>(env->GetObjectArrayElement(texts, i))));
  }
  return result;
}

jstring to_java(JNIEnv *env, const std::string &text)
{
  const std::vector<uint8_t> utf8(text.begin(), text.end());
  const jbyteArray bytes = to_java(env, utf8);
  const jclass type = env->FindClass("java/lang/String");
  const jmethodID constructor = env->GetMethodID(
      type, "<init>", "([BLjava/nio/charset/Charset;)V");
  const auto result = static_cast<jstring>(
      env->NewObject(type, constructor, bytes, utf8_charset(env)));
  check_pending(env);
  env->DeleteLocalRef(bytes);
  return result;
}

jobjectArray to_java(JNIEnv *env, const std::vector<std::string> &texts)
{
  const jobjectArray result = env->NewObjectArray(
      jsize(texts.size()), env->FindClass("java/lang/String"), nullptr);
  check_pending(env);
  for (size_t i = 0; i < texts.size(); i++) {
    const LocalFrame frame(env);
    env->SetObjectArrayElement(result, jsize(i), to_java(env, texts[i]));
  }
  return result;
}

jbyteArray to_java(JNIEnv *env, const std::vector<uint8_t> &bytes)
{
  if (bytes.size() > INT_MAX) {
    throw Error(std::to_string(bytes.size()) + " bytes don't fit a Java array");
  }
  const jbyteArray result = env->NewByteArray(jsize(bytes.size()));
  check_pending(env);
  env->SetByteArrayRegion(
      result, 0, jsize(bytes.size()), reinterpret_cast<const jbyte *>(bytes.data()));
  return result;
}

jfloatArray to_java(JNIEnv *env, const std::vector<float> &floats)
{
  if (floats.size() > INT_MAX) {
    throw Error(std::to_string(floats.size()) + " floats don't fit a Java array");
  }
  const jfloatArray result = env->NewFloatArray(jsize(floats.size()));
  check_pending(env);
  env->SetFloatArrayRegion(result, 0, jsize(floats.size()), floats.data());
  return result;
}

template<typename JavaArray, typename Element>
Elements<JavaArray, Element>::Elements(JNIEnv *env, JavaArray array) : env_(env), array_(array)
{
  if (!array) {
    return;
  }
  size_ = size_t(env->GetArrayLength(array));
  if constexpr (std::is_same_v<JavaArray, jfloatArray>) {
    data_ = env->GetFloatArrayElements(array, nullptr);
  }
  else if constexpr (std::is_same_v<JavaArray, jintArray>) {
    data_ = env->GetIntArrayElements(array, nullptr);
  }
  else {
    data_ = env->GetByteArrayElements(array, nullptr);
  }
  if (!data_) {
    throw JavaExceptionPending();
  }
}

template<typename JavaArray, typename Element> Elements<JavaArray, Element>::~Elements()
{
  if (!data_) {
    return;
  }
  /* Nothing was written, so nothing is copied back. */
  if constexpr (std::is_same_v<JavaArray, jfloatArray>) {
    env_->ReleaseFloatArrayElements(array_, static_cast<jfloat *>(data_), JNI_ABORT);
  }
  else if constexpr (std::is_same_v<JavaArray, jintArray>) {
    env_->ReleaseIntArrayElements(array_, static_cast<jint *>(data_), JNI_ABORT);
  }
  else {
    env_->ReleaseByteArrayElements(array_, static_cast<jbyte *>(data_), JNI_ABORT);
  }
}

template class Elements<jfloatArray, float>;
template class Elements<jintArray, int>;
template class Elements<jbyteArray, uint8_t>;

}  // namespace paceline

extern "C" JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM *, void *)
{
  ccl::path_init();
  return JNI_VERSION_1_8;
}
