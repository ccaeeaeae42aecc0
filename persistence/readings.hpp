#pragma once
// Who was sent which posts, in groups that record it.
#include <vector>

#include "persistence/database.hpp"

namespace margelle::persistence::readings {

// Posts of a thread, by their numbers in it, both included.
struct Sent {
    std::string thread;
    int first;
    int last;
};

// Keeps that the caller is sent these; the first time counts. False when they read some of it no longer: then it is not kept,
// and must not be sent. In one order, so that two of a person's readings at once wait for each other in one direction.
bool keep(Transaction& t, std::vector<Sent> sent);
bool keep(Transaction& t, const Sent& sent);

}  // namespace margelle::persistence::readings
