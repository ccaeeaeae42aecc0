#pragma once
// Who may pass a route. Each route names one; the database holds the same line by itself.
#include "persistence/database.hpp"

namespace margelle {

enum class Gate {
    open,               // anybody
    session,            // whoever is signed in
    administrator,      // the site's administrators
    card,               // whoever may know that the group exists
    lobby,              // its members, before accepting the agreement as well
    lobby_moderator,    // its moderators, likewise
    content,            // its members who accepted
    write,              // those of them who are not observers, while the group is not suspended
    moderator,          // its moderators who accepted
    moderator_write,    // the same, while the group is not suspended
};

// Throws Error: unauthenticated, not_found, nda_required, read_only, moderators_only, administrators_only.
void pass(Gate gate, const persistence::Entrance& who);

}  // namespace margelle
