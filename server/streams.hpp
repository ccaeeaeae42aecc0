#pragma once
// Bodies that are never whole in memory. The connection hands them over piece by piece, to a worker; each piece is a short transaction that
// enters the group again, so that access that is withdrawn ends what is under way.
#include <cstdint>
#include <string>
#include <string_view>

#include "persistence/database.hpp"
#include "server/http.hpp"

namespace margelle {

// What takes a request's body.
class Intake {
public:
    virtual ~Intake() = default;
    // Throws Error and SqlFailure: then nothing more is handed over.
    virtual void take(persistence::Connection& connection, std::string_view piece) = 0;
    // The body has ended; `whole` is false where the connection broke off first. Throws the same.
    virtual Response end(persistence::Connection& connection, bool whole) = 0;
};

// What gives a response's body.
class Source {
public:
    virtual ~Source() = default;
    virtual std::int64_t size() const = 0;
    // The next piece; empty at the end. Throws Error and SqlFailure: then the connection is cut, since a status is out already.
    virtual std::string next(persistence::Connection& connection) = 0;
};

}  // namespace margelle
