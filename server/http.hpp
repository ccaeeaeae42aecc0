#pragma once
// Requests and responses as handlers see them: no sockets, no Beast.
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/contract.hpp"
#include "protocol/problem.hpp"

namespace margelle {

class Intake;
class Source;

enum class Verb { get, post, put, patch, remove, options };

struct Request {
    Verb verb = Verb::get;
    std::string path;               // without the query
    Inputs inputs;                  // query and headers; path parameters are filled in by the router
    std::string body;
    std::string address;            // the client's, behind trusted proxies as well
    bool head = false;              // a GET whose answer stays without its body
    std::string id;                 // for the log and the problem's instance

    std::string_view header(std::string_view lower_case_name) const;
    // What the browser says of itself, in printable ASCII, cut short: fit to be kept and signed.
    std::string user_agent() const;
    // The group that it asks for, as the router filled it in; empty: none.
    std::string group() const;
    Language language() const { return language_of(header("accept-language")); }
};

struct Response {
    int status = 200;
    std::string content_type;
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers = {};
    // Streams (streams.hpp): what takes the request's body before there is an answer, or gives the answer's.
    std::shared_ptr<Intake> intake = nullptr;
    std::shared_ptr<Source> source = nullptr;
    bool wait_for_more = false;     // a long poll found nothing yet
};

inline Response json(std::string body, int status = 200) { return {status, "application/json", std::move(body)}; }
inline Response no_content() { return {204, "", ""}; }
// With the ETag that an edit sends back in If-Match.
Response json_with_etag(std::string body, int revision, int status = 200);

// Splits a target into path and decoded query. Throws Error(malformed) for bad percent-encoding and what is no text.
void read_target(std::string_view target, Request& request);

}  // namespace margelle
