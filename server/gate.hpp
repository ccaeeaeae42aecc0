#pragma once
// Who may pass a route. Each route names one; the database holds the same line by itself.
#include "persistence/database.hpp"
#include "server/scope.hpp"

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
    bot,                // bots, as what they are
    bot_write,          // bots, while they are let in and their owner may write
};

// An access key passes where its scope and the gate let it; at what is open nobody asks who comes. Throws Error: unauthenticated, out_of_scope,
// not_found, nda_required, read_only, moderators_only, administrators_only, bots_only.
void pass(Gate gate, const persistence::Entrance& who, Scope scope = Scope::none);

}  // namespace margelle
