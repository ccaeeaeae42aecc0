#pragma once
// What the demonstration needs beyond the handlers: that it is whole, and its posts look as old as they say. On the owner's connection.
#include <memory>
#include <string>
#include <vector>

namespace margelle::persistence::demo {

struct Moment {
    std::string post;
    int minutes_ago;        // before today's midnight, UTC; negative after it
};

// Takes the turn to load, one at a time, until what it answers is destroyed. Nothing when there are members already; what
// an interrupted loading left is removed first.
std::shared_ptr<void> begin(const std::string& owner_url);

// Sets the times of posts, their threads and events; ends the sessions that the loading opened; verifies organisations. With
// it the demonstration is complete.
void finish(const std::string& owner_url, const std::vector<Moment>& moments, const std::vector<std::string>& verified_organisations);

// The date so many days from today, YYYY-MM-DD.
std::string date(int days);

}  // namespace margelle::persistence::demo
