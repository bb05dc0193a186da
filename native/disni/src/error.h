// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cerrno>
#include <stdexcept>
#include <string>

namespace paceline {

/* A verb that failed: what was tried, and errno with its text. */
class VerbsError : public std::runtime_error {
 public:
  VerbsError(const std::string &what, int code);

  int code() const
  {
    return code_;
  }

 private:
  int code_;
};

/* For functions that return 0, or -1 and set errno. */
inline void check(int result, const char *what)
{
  if (result != 0) {
    throw VerbsError(what, errno);
  }
}

/* For functions that return 0 or an errno value. */
inline void check_code(int code, const char *what)
{
  if (code != 0) {
    throw VerbsError(what, code);
  }
}

/* For functions that return an object, or null and set errno. */
template<typename Object> Object *check(Object *object, const char *what)
{
  if (!object) {
    throw VerbsError(what, errno);
  }
  return object;
}

}  // namespace paceline
