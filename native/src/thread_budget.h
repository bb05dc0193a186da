// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace paceline {

/* A claim on CPU threads for as long as it lives.
 *
 * TBB's pool is shared by the whole process and would take every core. The sum of the live claims
 * limits it, so a device that was given two threads stays at two, also while Embree builds a BVH. */
class ThreadBudget {
 public:
  /* `threads` below 1 claims all cores. */
  explicit ThreadBudget(int threads);
  ~ThreadBudget();
  ThreadBudget(const ThreadBudget &) = delete;
  ThreadBudget &operator=(const ThreadBudget &) = delete;

  int threads() const
  {
    return threads_;
  }

 private:
  const int threads_;
};

}  // namespace paceline
