#pragma once
// Who was sent which posts, in groups that record it.
#include "persistence/database.hpp"

namespace margelle::persistence::readings {

// Posts of a thread, by their numbers in it, both included.
struct Sent {
    std::string thread;
    int first;
    int last;
};

// Keeps that the caller is sent these; the first time counts.
void keep(Transaction& t, const Sent& sent);

}  // namespace margelle::persistence::readings
