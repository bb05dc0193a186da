// SPDX-License-Identifier: Apache-2.0
#include "c_locale.h"

#include <new>

namespace paceline {

namespace {

/* Kept as long as the library is loaded: a thread may have it at any time. */
locale_t c_locale()
{
  static const locale_t locale = newlocale(LC_ALL_MASK, "C", locale_t(nullptr));
  if (!locale) {
    throw std::bad_alloc();
  }
  return locale;
}

}  // namespace

CLocaleScope::CLocaleScope() : saved_(uselocale(c_locale()))
{
}

CLocaleScope::~CLocaleScope()
{
  uselocale(saved_);
}

CLocaleWorkers::CLocaleWorkers(tbb::task_arena &arena) : tbb::task_scheduler_observer(arena)
{
  c_locale();
  observe(true);
}

CLocaleWorkers::~CLocaleWorkers()
{
  observe(false);
}

void CLocaleWorkers::on_scheduler_entry(bool is_worker)
{
  if (is_worker) {
    uselocale(c_locale());
  }
}

void CLocaleWorkers::on_scheduler_exit(bool is_worker)
{
  if (is_worker) {
    uselocale(LC_GLOBAL_LOCALE);
  }
}

}  // namespace paceline
