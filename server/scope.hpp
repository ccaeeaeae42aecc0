#pragma once
// What an access key is for. A bot's scopes are among these, and each route that a key may ask names one.
#include <string_view>

namespace margelle {

enum class Scope {
    none,       // not for keys
    any,        // for every key
    datasets_read,
    datasets_write,
    events_read,
    subscriptions_read,
    subscriptions_report,
    threads_write,
};

// Whether it is among the scopes of a key, which stand with spaces between them (RFC 6749 §3.3).
bool holds(std::string_view scopes, Scope scope) noexcept;

}  // namespace margelle
