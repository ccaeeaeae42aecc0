#include "server/cursor.hpp"

#include <algorithm>
#include <charconv>

#include "protocol/ids.hpp"
#include "protocol/problem.hpp"

namespace margelle {

std::string write_cursor(const Place& place) { return std::to_string(place.at) + ':' + place.id; }

Place read_cursor(std::string_view cursor) {
    Place place{0, {}};
    const auto colon = std::min(cursor.find(':'), cursor.size());
    const auto [end, error] = std::from_chars(cursor.data(), cursor.data() + colon, place.at);
    place.id = cursor.substr(std::min(colon + 1, cursor.size()));
    // A double holds microseconds exactly up to the year 2255.
    if (error != std::errc{} || end != cursor.data() + colon || place.at < 0 || place.at > 9000000000000000 || !is_id(place.id))
        throw Error(Code::invalid, {{"query/cursor", "is not one of ours"}});
    return place;
}

}  // namespace margelle
