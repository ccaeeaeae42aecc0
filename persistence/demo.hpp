#pragma once
// What the demonstration needs beyond the handlers: that its posts look as old as they say. On the owner's connection.
#include <string>
#include <vector>

namespace margelle::persistence::demo {

struct Moment {
    std::string post;
    int minutes_ago;        // before today's midnight, UTC; negative after it
};

// Whether nobody has an account yet.
bool is_empty(const std::string& owner_url);

// Sets the times of posts, their threads and events; ends the sessions that the loading opened; verifies organisations.
void backdate(const std::string& owner_url, const std::vector<Moment>& moments, const std::vector<std::string>& verified_organisations);

// The date so many days from today, YYYY-MM-DD.
std::string date(int days);

}  // namespace margelle::persistence::demo
