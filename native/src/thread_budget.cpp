// SPDX-License-Identifier: Apache-2.0
#include "thread_budget.h"

#include <memory>
#include <mutex>
#include <thread>

#include <tbb/global_control.h>

namespace paceline {

namespace {

std::mutex mutex;
int claimed = 0;
std::unique_ptr<tbb::global_control> limit;

void change_claim(int by)
{
  const std::lock_guard<std::mutex> lock(mutex);
  claimed += by;
  /* Of several live controls TBB obeys the lowest, so the old one goes first. */
  limit.reset();
  if (claimed > 0) {
    limit = std::make_unique<tbb::global_control>(tbb::global_control::max_allowed_parallelism,
                                                  size_t(claimed));
  }
}

int or_all_cores(int threads)
{
  return threads > 0 ? threads : int(std::thread::hardware_concurrency());
}

}  // namespace

ThreadBudget::ThreadBudget(int threads) : threads_(or_all_cores(threads))
{
  change_claim(threads_);
}

ThreadBudget::~ThreadBudget()
{
  change_claim(-threads_);
}

}  // namespace paceline
