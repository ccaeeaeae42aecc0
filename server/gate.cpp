#include "server/gate.hpp"

#include "protocol/problem.hpp"

namespace margelle {

void pass(Gate gate, const persistence::Entrance& who, Scope scope) {
    if (gate == Gate::open) return;
    if (!who.member) throw Error(Code::unauthenticated);
    if (who.scopes && !holds(*who.scopes, scope)) throw Error(Code::out_of_scope);
    if (gate == Gate::bot && who.scopes) return;
    if (gate == Gate::bot) throw Error(Code::bots_only);
    if (gate == Gate::session) return;
    if (gate == Gate::administrator) {
        if (!who.administrator) throw Error(Code::administrators_only);
        return;
    }
    if (!who.standing) throw Error(Code::not_found);
    if (gate == Gate::card) return;
    // To those who wait at the door, as to strangers, what lies behind it does not exist.
    if (who.standing != "lobby" && who.standing != "in") throw Error(Code::not_found);
    const bool moderates = who.role == "moderator";
    if (gate == Gate::lobby_moderator && !moderates) throw Error(Code::moderators_only);
    if (gate == Gate::lobby || gate == Gate::lobby_moderator) return;
    if (who.standing != "in") {
        Error error(Code::nda_required);
        error.nda_version = who.nda_version;
        throw error;
    }
    if (gate == Gate::bot_write && !who.scopes) throw Error(Code::bots_only);
    if (who.scopes && who.frozen) throw Error(Code::read_only);
    if ((gate == Gate::moderator || gate == Gate::moderator_write) && !moderates) throw Error(Code::moderators_only);
    if ((gate == Gate::write || gate == Gate::moderator_write || gate == Gate::bot_write) && !who.may_write) throw Error(Code::read_only);
}

}  // namespace margelle
