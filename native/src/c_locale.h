// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <clocale>

#include <tbb/task_arena.h>
#include <tbb/task_scheduler_observer.h>

namespace paceline {

/* While it lives, the calling thread reads and writes numbers with a point.
 *
 * A JVM takes over the user's locale for the whole process, and where that has a decimal comma, atof("0.5") is 0:
 * Cycles' XML reader would read another scene. The process's own locale is not ours to change. */
class CLocaleScope {
 public:
  CLocaleScope();
  ~CLocaleScope();
  CLocaleScope(const CLocaleScope &) = delete;
  CLocaleScope &operator=(const CLocaleScope &) = delete;

 private:
  locale_t saved_;
};

/* The same for TBB's threads while they work in an arena: files are read there, too. */
class CLocaleWorkers : public tbb::task_scheduler_observer {
 public:
  explicit CLocaleWorkers(tbb::task_arena &arena);
  ~CLocaleWorkers() override;

  void on_scheduler_entry(bool is_worker) override;
  void on_scheduler_exit(bool is_worker) override;
};

}  // namespace paceline
