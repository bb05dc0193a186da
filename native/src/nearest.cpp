// SPDX-License-Identifier: Apache-2.0
#include "nearest.h"

#include <algorithm>
#include <cctype>
#include <numeric>

namespace paceline {

namespace {

/* More than these are no help in a message. */
constexpr size_t MAX_LISTED = 12;

/* The letters and digits that matter: Cycles writes base_color what Blender calls Base Color. */
std::string letters(const std::string &name)
{
  std::string result;
  for (const char c : name) {
    if (std::isalnum(static_cast<unsigned char>(c))) {
      result += char(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  return result;
}

/* Insertions, deletions, replacements and swaps of neighbours that make one of the other (optimal string alignment). */
size_t distance(const std::string &a, const std::string &b)
{
  std::vector<size_t> before, previous(b.size() + 1), current(b.size() + 1);
  std::iota(previous.begin(), previous.end(), size_t(0));
  for (size_t i = 1; i <= a.size(); i++) {
    current[0] = i;
    for (size_t j = 1; j <= b.size(); j++) {
      current[j] = std::min({previous[j] + 1, current[j - 1] + 1,
                             previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        current[j] = std::min(current[j], before[j - 2] + 1);
      }
    }
    before = previous;
    std::swap(previous, current);
  }
  return previous[b.size()];
}

bool part_of(const std::string &a, const std::string &b)
{
  return a.size() >= 3 && b.find(a) != std::string::npos;
}

std::string nearest(const std::string &name, const std::vector<std::string> &existing)
{
  const std::string wanted = letters(name);
  std::string best;
  size_t best_distance = std::max<size_t>(1, wanted.size() / 3) + 1;
  std::vector<std::string> parts;
  for (const std::string &candidate : existing) {
    const std::string have = letters(candidate);
    const size_t far = distance(wanted, have);
    if (far < best_distance && far < std::max(wanted.size(), have.size())) {
      best = candidate;
      best_distance = far;
    }
    if (part_of(wanted, have) || part_of(have, wanted)) {
      parts.push_back(candidate);
    }
  }
  return best_distance > 1 && parts.size() == 1 ? parts.front() : best;
}

}  // namespace

std::string suggestion(const std::string &name, const std::vector<std::string> &existing)
{
  const std::string meant = nearest(name, existing);
  if (!meant.empty()) {
    return "; is \"" + meant + "\" meant?";
  }
  if (existing.empty() || existing.size() > MAX_LISTED) {
    return "";
  }
  std::string all;
  for (const std::string &known : existing) {
    all += (all.empty() ? "" : ", ") + known;
  }
  return "; there " + std::string(existing.size() == 1 ? "is " : "are ") + all;
}

}  // namespace paceline
