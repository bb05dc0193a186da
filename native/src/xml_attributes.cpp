// SPDX-License-Identifier: Apache-2.0
#include "xml_attributes.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "nearest.h"
#include "scene_extent.h"
#include "util/string.h"

namespace paceline {

namespace {

using Type = ccl::SocketType::Type;

/* Whether the number that was found in a word is all of it; a comma after it does no harm. */
bool ends_number(const char *word, const char *end)
{
  const char *rest = *end == ',' || *end == ';' ? end + 1 : end;
  return end != word && (*rest == '\0' || *rest == ' ' || *rest == '\t');
}

bool is_number(const std::string &word)
{
  char *end;
  std::strtod(word.c_str(), &end);
  return ends_number(word.c_str(), end);
}

bool is_integer(const std::string &word)
{
  char *end;
  (void)std::strtol(word.c_str(), &end, 10);
  return end != word.c_str() && *end == '\0';
}

std::string plural(size_t count, const std::string &what)
{
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string quoted(const std::string &text)
{
  return "\"" + text + "\"";
}

/* Numbers that a value of `type` consists of, 0 if it isn't made of numbers. */
size_t numbers_of(Type type)
{
  switch (type) {
    case Type::FLOAT:
    case Type::FLOAT_ARRAY:
    case Type::INT:
    case Type::UINT:
    case Type::INT_ARRAY:
      return 1;
    case Type::POINT2:
    case Type::POINT2_ARRAY:
      return 2;
    case Type::COLOR:
    case Type::VECTOR:
    case Type::POINT:
    case Type::NORMAL:
    case Type::COLOR_ARRAY:
    case Type::VECTOR_ARRAY:
    case Type::POINT_ARRAY:
    case Type::NORMAL_ARRAY:
      return 3;
    case Type::TRANSFORM:
    case Type::TRANSFORM_ARRAY:
      return 12;
    default:
      return 0;
  }
}

bool is_list(Type type)
{
  return type >= Type::BOOLEAN_ARRAY;
}

bool is_whole(Type type)
{
  return type == Type::INT || type == Type::UINT || type == Type::INT_ARRAY;
}

/* The same value with blanks between its numbers and decimal points, if that makes it right. */
std::string repaired(const std::string &value, size_t count)
{
  std::string spaced = value, pointed = value;
  for (size_t i = 0; i < value.size(); i++) {
    if (std::strchr(",;()[]{}", value[i])) {
      spaced[i] = ' ';
    }
    if (value[i] == ',') {
      pointed[i] = '.';
    }
  }
  for (const std::string &attempt : {pointed, spaced}) {
    std::vector<std::string> found = words(attempt.c_str());
    if (count == 3 && found.size() == 4 && attempt == spaced) {
      /* A colour with alpha. */
      found.pop_back();
    }
    if (count == 3 && found.size() == 1) {
      found.resize(3, found.front());
    }
    if (found.size() == count && std::all_of(found.begin(), found.end(), is_number)) {
      std::string joined;
      for (const std::string &word : found) {
        joined += (joined.empty() ? "" : " ") + word;
      }
      return "; is " + quoted(joined) + " meant?";
    }
  }
  return "";
}

class Attributes {
 public:
  Attributes(const XmlDocument &document,
             pugi::xml_node node,
             const KnownAttributes &known,
             XmlWarnings &warnings)
      : document_(document), node_(node), known_(known), warnings_(warnings)
  {
  }

  void check()
  {
    std::vector<pugi::xml_attribute> ignored;
    for (pugi::xml_attribute attribute : node_.attributes()) {
      const std::string name = attribute.name();
      if (name == "name" ||
          std::find(known_.others.begin(), known_.others.end(), name) != known_.others.end())
      {
        continue;
      }
      const ccl::SocketType *socket = known_.type ? known_.type->find_input(ccl::ustring(name)) :
                                                    nullptr;
      const bool taken = socket ? takes(*socket, attribute.value()) : false;
      if (!socket) {
        unknown(name, attribute.value());
      }
      if (!taken) {
        ignored.push_back(attribute);
      }
    }
    for (pugi::xml_attribute attribute : ignored) {
      node_.remove_attribute(attribute);
    }
  }

 private:
  void unknown(const std::string &name, const std::string &value)
  {
    std::vector<std::string> existing = known_.others, with_value;
    if (known_.type) {
      for (const ccl::SocketType &socket : known_.type->inputs) {
        if (is_attribute(socket)) {
          existing.push_back(socket.name.string());
          if (socket.type == Type::ENUM && socket.enum_values->exists(ccl::ustring(value))) {
            with_value.push_back(socket.name.string());
          }
        }
      }
    }
    /* A value that only one attribute can have tells more than the letters of the name. */
    const std::string hint = with_value.size() == 1 ? "; is \"" + with_value.front() + "\" meant?" :
                                                      suggestion(name, existing);
    warn(name, value, "no such attribute, ignored" + hint);
  }

  /* False if the reader ignores it. */
  bool takes(const ccl::SocketType &socket, const std::string &value)
  {
    const std::string name = socket.name.string();
    if (!is_attribute(socket)) {
      warn(name, value,
           socket.type == Type::CLOSURE ? "takes a <connect>, no value; ignored" :
                                          "can't be set by an attribute, ignored");
      return false;
    }
    const std::vector<std::string> found = words(value.c_str());
    switch (socket.type) {
      case Type::BOOLEAN:
      case Type::BOOLEAN_ARRAY:
        for (const std::string &word : found.empty() ? std::vector<std::string>{""} : found) {
          if (!ccl::string_iequals(word, "true") && !ccl::string_iequals(word, "false") &&
              !is_integer(word))
          {
            warn(name, value, "neither true nor false, read as false");
          }
        }
        return true;
      case Type::ENUM:
        return takes_choice(socket, value);
      case Type::NODE:
        if (!known_.is_named(value)) {
          warn(name, value, "names nothing above it, ignored");
          return false;
        }
        return true;
      default:
        return numbers_of(socket.type) == 0 || takes_numbers(socket, value, found);
    }
  }

  bool takes_choice(const ccl::SocketType &socket, const std::string &value)
  {
    if (socket.enum_values->exists(ccl::ustring(value))) {
      return true;
    }
    std::vector<std::string> choices;
    for (const auto &[choice, number] : *socket.enum_values) {
      choices.push_back(choice.string());
    }
    std::sort(choices.begin(), choices.end());
    warn(socket.name.string(), value, "is unknown, ignored" + suggestion(value, choices));
    return false;
  }

  bool takes_numbers(const ccl::SocketType &socket,
                     const std::string &value,
                     const std::vector<std::string> &found)
  {
    const std::string name = socket.name.string();
    const size_t count = numbers_of(socket.type);
    const bool whole = is_whole(socket.type);
    if (!whole) {
      (void)check_numbers(document_, node_, name.c_str());
    }
    if (count > 1 && (is_list(socket.type) ? found.size() % count != 0 : found.size() != count)) {
      warn(name, value,
           plural(found.size(), "word") + " instead of " +
               (is_list(socket.type) ? "a multiple of " : "") + plural(count, "number") +
               ", ignored" + repaired(value, count));
      return false;
    }
    if (count == 1 && !is_list(socket.type) && found.size() > 1) {
      warn(name, value, plural(found.size(), "word") + " instead of 1 number, only the first is read");
    }
    for (const std::string &word : found.empty() ? std::vector<std::string>{""} : found) {
      if (!(whole ? is_integer(word) : is_number(word))) {
        const double read = whole ? std::strtol(word.c_str(), nullptr, 10) :
                                    std::strtod(word.c_str(), nullptr);
        warn(name, value,
             quoted(word) + (whole ? " is no whole number" : " is no number") + ", read as " +
                 ccl::string_printf("%g", read) +
                 (whole ? "" : repaired(value, count)));
        break;
      }
    }
    return true;
  }

  void warn(const std::string &name, const std::string &value, const std::string &what)
  {
    /* A mesh's worth of numbers is no help in a message. */
    constexpr size_t MAX_SHOWN = 60;
    const std::string shown = value.size() <= MAX_SHOWN ? value : value.substr(0, MAX_SHOWN) + "...";
    warnings_.add(document_, node_, name + "=" + quoted(shown) + ": " + what);
  }

  const XmlDocument &document_;
  pugi::xml_node node_;
  const KnownAttributes &known_;
  XmlWarnings &warnings_;
};

}  // namespace

std::vector<std::string> words(const char *value)
{
  std::vector<std::string> result;
  for_each_word(value,
                [&](const char *word) { result.emplace_back(word, std::strcspn(word, " \t")); });
  return result;
}

std::string check_numbers(const XmlDocument &document, pugi::xml_node node, const char *attribute)
{
  /* Distances that mean "no limit" are harmless. */
  const bool limit = std::strcmp(attribute, "farclip") == 0 ||
                     std::strcmp(attribute, "ao_distance") == 0;
  std::string wrong;
  for_each_word(node.attribute(attribute).value(), [&](const char *word) {
    char *end;
    const double value = std::strtod(word, &end);
    if (!(std::fabs(value) <= MAX_COORDINATE) && !(limit && value > 0)) {
      refuse(document, node,
             std::string(attribute) + " holds " + std::string(word, std::strcspn(word, " \t")) +
                 ", which is not a number up to 1e15");
    }
    if (wrong.empty() && !ends_number(word, end)) {
      wrong.assign(word, std::strcspn(word, " \t"));
    }
  });
  return wrong;
}

bool is_attribute(const ccl::SocketType &socket)
{
  return socket.type != Type::CLOSURE && socket.type != Type::UNDEFINED &&
         !(socket.flags & ccl::SocketType::INTERNAL);
}

void check_attributes(const XmlDocument &document,
                      pugi::xml_node node,
                      const KnownAttributes &known,
                      XmlWarnings &warnings)
{
  Attributes(document, node, known, warnings).check();
}

}  // namespace paceline
